using System.Globalization;
using System.Runtime.CompilerServices;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Repl;

/// <summary>
/// A story told in turns with a model that only continues texts: what is said is added to the story, and the model goes on from there.
/// </summary>
internal sealed class StoryConversation(HearthModel model) : IConversation
{
    private const int TokensOfTurn = 120;
    private const string NoteOfStory = "story";

    private readonly HearthSession session = model.CreateSession();
    private readonly List<int> story = [];
    private int answerStart;

    public string? SystemPrompt
    {
        get => null;
        set => throw new CommandException("A story teller takes no system prompt; begin the story the way it should go on.");
    }

    public int Position => session.Position;

    public StopReason LastStop => session.LastStop;

    public bool AnswersSilence => story.Count > 0;

    public IAsyncEnumerable<GeneratedPiece> Say(string text, GenerationOptions options, CancellationToken cancellation)
    {
        if (session.LastStop == StopReason.EndOfGeneration)
            Clear();
        bool needsSpace = story.Count > 0 && text.Length > 0 && !char.IsWhiteSpace(text[0]);
        int[] added = model.Tokenizer.Encode(needsSpace ? " " + text : text, addSpecial: story.Count == 0, parseSpecial: true);
        if (story.Count + added.Length > session.Capacity)
        {
            throw new CommandException(
                $"The story has {story.Count} tokens and this would add {added.Length}, but the context holds {session.Capacity}; "
                + "/clear begins another.",
                ExitCodes.Input);
        }

        story.AddRange(added);
        answerStart = story.Count;
        return Continue(options, cancellation);
    }

    public IAsyncEnumerable<GeneratedPiece> Again(GenerationOptions options, CancellationToken cancellation)
    {
        if (answerStart == 0)
            throw new CommandException("There is no continuation to take back.");
        story.RemoveRange(answerStart, story.Count - answerStart);
        return Continue(options, cancellation);
    }

    public void Clear()
    {
        story.Clear();
        answerStart = 0;
        session.Rewind(0);
    }

    /// <summary>The note says where the last continuation begins, and which tokens the session has not read.</summary>
    public void Save(string path, CancellationToken cancellation)
    {
        session.Rewind(Math.Min(session.Position, story.Count));
        session.Save(
            path, string.Join(' ', story.Skip(session.Position).Prepend(answerStart).Select(Text).Prepend(NoteOfStory)), cancellation);

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    public void Load(string path, CancellationToken cancellation)
    {
        using var saved = SavedSession.Open(model, path, cancellation);
        var numbers = Numbers(saved.Note);
        if (numbers.Count == 0
            || (uint)numbers[0] > (uint)(saved.Tokens.Length + numbers.Count - 1)
            || numbers.Skip(1).Any(id => (uint)id >= (uint)model.Shape.VocabularySize))
        {
            throw new SessionFileException($"{path}: holds no story.");
        }

        Clear();
        session.Load(saved, cancellation);
        story.AddRange([.. session.Tokens, .. numbers.Skip(1)]);
        answerStart = numbers[0];
    }

    public void Dispose() => session.Dispose();

    /// <summary>The numbers of a note; none if it is of something else, or says more than a story can hold.</summary>
    private List<int> Numbers(string note)
    {
        List<int> numbers = [];
        if (!note.StartsWith(NoteOfStory + " ", StringComparison.Ordinal))
            return numbers;
        var text = note.AsSpan(NoteOfStory.Length + 1);
        foreach (var part in text.Split(' '))
        {
            if (numbers.Count > session.Capacity + 1
                || !int.TryParse(text[part], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return [];
            }

            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>Reads what the session has not read of the story, at least its last token, and goes on.</summary>
    private async IAsyncEnumerable<GeneratedPiece> Continue(
        GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        session.Rewind(Math.Min(session.Position, answerStart - 1));
        int[] unread = [.. story.Skip(session.Position)];
        if (options.MaxTokens < 0)
            options = options with { MaxTokens = TokensOfTurn };
        await foreach (var piece in session.GenerateAsync(unread, options, cancellation).ConfigureAwait(false))
        {
            if (piece.Token >= 0)
                story.Add(piece.Token);
            yield return piece;
        }
    }
}
