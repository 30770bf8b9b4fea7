using Hearth.Engine.Sessions;

namespace Hearth.Cli.Repl;

/// <summary>A conversation with a chat model.</summary>
internal sealed class ChatConversation(HearthModel model, string? systemPrompt) : IConversation
{
    private readonly HearthChat chat = new(model, systemPrompt);

    public string? SystemPrompt
    {
        get => chat.SystemPrompt;
        set => chat.SystemPrompt = value;
    }

    public int Position => chat.Position;

    public StopReason LastStop => chat.LastStop;

    public bool AnswersSilence => false;

    public IAsyncEnumerable<GeneratedPiece> Say(string text, GenerationOptions options, CancellationToken cancellation)
        => chat.AskAsync(text, options, cancellation);

    public IAsyncEnumerable<GeneratedPiece> Again(GenerationOptions options, CancellationToken cancellation)
        => chat.Messages.Count > 0
            ? chat.RegenerateAsync(options, cancellation)
            : throw new CommandException("There is no answer to take back.");

    public void Clear() => chat.Clear();

    public void Save(string path, CancellationToken cancellation) => chat.Save(path, cancellation);

    public void Load(string path, CancellationToken cancellation) => chat.Load(path, cancellation);

    public void Dispose() => chat.Dispose();
}
