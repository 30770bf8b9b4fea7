namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>One step of a pre-tokenizer.</summary>
internal abstract class SplitPass
{
    /// <summary>Splits a piece of text.</summary>
    /// <param name="piece">The piece, one character a code point, not empty.</param>
    /// <param name="offset">Where the piece begins in the whole text.</param>
    /// <param name="ends">Receives where its parts end in the whole text, ascending; the end of the piece itself may be left out.</param>
    public abstract void Split(ReadOnlySpan<char> piece, int offset, List<int> ends);

    /// <summary>Adds an end unless it is where the last part ended, too.</summary>
    protected static void AddEnd(List<int> ends, int start, int end)
    {
        if (end > start && (ends.Count == 0 || ends[^1] < end)) ends.Add(end);
    }
}
