using Hearth.Engine.Sessions;

namespace Hearth.Cli.Repl;

/// <summary>What <c>hearth chat</c> talks to.</summary>
internal interface IConversation : IDisposable
{
    /// <summary>What the model is told before; null for nothing.</summary>
    string? SystemPrompt { get; set; }

    /// <summary>Tokens so far.</summary>
    int Position { get; }

    /// <summary>Why the last answer ended.</summary>
    StopReason LastStop { get; }

    /// <summary>Whether nothing said is something to answer.</summary>
    bool AnswersSilence { get; }

    /// <summary>Says something and gets the answer.</summary>
    IAsyncEnumerable<GeneratedPiece> Say(string text, GenerationOptions options, CancellationToken cancellation);

    /// <summary>Takes the last answer back and gets another one.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    IAsyncEnumerable<GeneratedPiece> Again(GenerationOptions options, CancellationToken cancellation);

    /// <summary>Forgets what was said.</summary>
    void Clear();

    /// <summary>Writes the conversation to a file.</summary>
    void Save(string path, CancellationToken cancellation);

    /// <summary>Puts a saved conversation in place of this one; one that is refused changes nothing.</summary>
    /// <exception cref="SessionFileException">The file does not hold a conversation of this model.</exception>
    void Load(string path, CancellationToken cancellation);
}
