using System.Runtime.CompilerServices;
using System.Text;
using Hearth.Engine.Templates;

namespace Hearth.Engine.Sessions;

/// <summary>
/// A conversation with a chat model. Each turn the whole conversation is written by the model's template, and what the session has
/// read already of that text is not read again.
/// </summary>
/// <remarks>One turn at a time, on any thread.</remarks>
public sealed class HearthChat : IDisposable
{
    private readonly HearthSession session;
    private readonly List<ChatMessage> messages = [];

    /// <summary>Begins an empty conversation.</summary>
    /// <param name="model">The model; it must outlive the conversation.</param>
    /// <param name="systemPrompt">What the model is told before the conversation; null for nothing.</param>
    public HearthChat(HearthModel model, string? systemPrompt = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        session = model.CreateSession();
        SystemPrompt = systemPrompt;
    }

    /// <summary>The model.</summary>
    public HearthModel Model => session.Model;

    /// <summary>What the model is told before the conversation; null for nothing. A change acts from the next turn on.</summary>
    public string? SystemPrompt { get; set; }

    /// <summary>The messages of the user and the model, oldest first, without the system prompt.</summary>
    public IReadOnlyList<ChatMessage> Messages => messages;

    /// <summary>Why the last answer ended.</summary>
    public StopReason LastStop => session.LastStop;

    /// <summary>Tokens of the conversation that the model has read or written.</summary>
    public int Position => session.Position;

    /// <summary>Tokens of the last turn's text that the session held already.</summary>
    public int ReusedTokens { get; private set; }

    /// <summary>Tokens of the last turn's text, from the beginning of the conversation up to the answer.</summary>
    public int PromptTokens { get; private set; }

    /// <summary>Says something and gets the answer.</summary>
    /// <param name="text">What the user says.</param>
    /// <param name="options">How the answer is generated; null for the defaults. The stop texts of a fallback template are added.</param>
    /// <param name="cancellation">
    /// Acts within a token. An answer that was begun stays in the conversation as far as it came; if none was, the conversation is as
    /// it was before.
    /// </param>
    /// <exception cref="ContextFullException">The conversation does not fit into the context; it stays as it was before.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation; it stays as it was before.</exception>
    public IAsyncEnumerable<GeneratedPiece> AskAsync(
        string text, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return AnswerAsync(messages.Count, new ChatMessage("user", text), options, cancellation);
    }

    /// <summary>Takes the last answer back and gets another one.</summary>
    /// <param name="options">As for <see cref="AskAsync"/>; with the seed of the last answer it would be the same again.</param>
    /// <param name="cancellation">As for <see cref="AskAsync"/>.</param>
    /// <exception cref="InvalidOperationException">Nothing has been said yet.</exception>
    public IAsyncEnumerable<GeneratedPiece> RegenerateAsync(GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        int question = messages.FindLastIndex(message => message.Role == "user");
        if (question < 0)
            throw new InvalidOperationException("There is no answer to take back; nothing has been said yet.");
        return AnswerAsync(question, messages[question], options, cancellation);
    }

    /// <summary>Forgets the conversation, but not the system prompt.</summary>
    public void Clear()
    {
        messages.Clear();
        session.Rewind(0);
    }

    /// <summary>Writes the conversation to a file, whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="cancellation">Acts within a page; what was there before stays.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Save(string path, CancellationToken cancellation = default)
        => session.Save(path, ChatNote.Write(SystemPrompt, messages), cancellation);

    /// <summary>
    /// Puts a saved conversation, with its system prompt, in place of this one. It goes on as if it had never been saved; a file that is
    /// refused changes nothing.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Acts within 128 tokens; then the conversation is empty.</param>
    /// <exception cref="SessionFileException">The file is no conversation, damaged, or does not fit the model.</exception>
    /// <exception cref="IOException">The file cannot be read; if that shows halfway, the conversation is empty.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Load(string path, CancellationToken cancellation = default)
    {
        using var saved = SavedSession.Open(Model, path, cancellation);
        var (system, said) = ChatNote.Read(saved.Note, path);
        messages.Clear();
        session.Load(saved, cancellation);
        SystemPrompt = system;
        messages.AddRange(said);
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    /// <summary>Puts a question in place of what stands in the conversation from there on, and generates the answer.</summary>
    private async IAsyncEnumerable<GeneratedPiece> AnswerAsync(
        int place, ChatMessage question, GenerationOptions? options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var format = Model.ChatFormat;
        int[] ids = Write(format, [.. messages[..place], question]);
        if (ids.Length > session.Capacity)
            throw new ContextFullException(0, ids.Length, session.Capacity);
        PromptTokens = ids.Length;
        ReusedTokens = Math.Min(session.Tokens.CommonPrefixLength(ids), Math.Max(ids.Length - 1, 0));
        session.Rewind(ReusedTokens);

        options ??= new GenerationOptions { Sampling = Model.SuggestedSampling };
        if (format.StopTexts.Count > 0)
            options = options with { StopStrings = [.. options.StopStrings, .. format.StopTexts] };
        var answer = new StringBuilder();
        bool completed = false;
        try
        {
            await foreach (var piece in session.GenerateAsync(ids.AsMemory(ReusedTokens), options, cancellation).ConfigureAwait(false))
            {
                answer.Append(piece.Text);
                yield return piece;
            }

            completed = session.LastStop != StopReason.Cancelled;
        }
        finally
        {
            if (completed || answer.Length > 0)
            {
                messages.RemoveRange(place, messages.Count - place);
                messages.Add(question);
                messages.Add(new ChatMessage("assistant", answer.ToString()));
            }
        }
    }

    private int[] Write(ChatFormatter format, List<ChatMessage> conversation)
    {
        if (SystemPrompt is not null)
            conversation.Insert(0, new ChatMessage("system", SystemPrompt));
        return Model.Tokenizer.Encode(format.Format(conversation, addGenerationPrompt: true), addSpecial: false, parseSpecial: true);
    }
}
