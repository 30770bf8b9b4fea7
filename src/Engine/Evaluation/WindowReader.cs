using Hearth.Engine.Sessions;

namespace Hearth.Engine.Evaluation;

/// <summary>Reads windows with a model and hands out the logits of the guesses that count, a few rows at a time.</summary>
internal sealed class WindowReader(HearthModel model) : IDisposable
{
    private readonly HearthSession session = model.CreateSession();
    private TextWindow window;

    /// <summary>Guesses of the window that were not handed out yet.</summary>
    public int Left => window.Tokens.Length - 1 - session.Position;

    /// <summary>Begins a window: reads all in front of the guesses that count.</summary>
    public void Begin(in TextWindow next, CancellationToken cancellation)
    {
        session.Rewind(0);
        window = next;
        session.Append(window.Tokens.Span[..window.FirstScored], cancellation);
    }

    /// <summary>Hands out the next guesses.</summary>
    /// <param name="count">At most this many.</param>
    /// <param name="receive">Called for each with its logits and the token that truly follows.</param>
    public void Read(int count, Action<ReadOnlySpan<float>, int> receive)
    {
        int at = session.Position;
        session.AppendAll(
            window.Tokens.Span.Slice(at, Math.Min(count, Left)),
            logits => receive(logits, window.Tokens.Span[++at]));
    }

    public void Dispose() => session.Dispose();
}
