namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>Cuts runs of digits into threes counted from the right: 1234567 becomes 1, 234, 567.</summary>
/// <remarks>
/// The publishers write this with a lookahead over the rest of the run, <c>(?=(\d{3})+(?!\d))</c>, which takes quadratic time.
/// </remarks>
/// <param name="isDigit">Which characters are digits.</param>
/// <param name="isolatesRuns">Whether a run also ends where other text begins, and begins where other text ends.</param>
internal sealed class DigitGroupsPass(Func<char, bool> isDigit, bool isolatesRuns) : SplitPass
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> piece, int offset, List<int> ends)
    {
        for (var start = 0; start < piece.Length; start++)
        {
            if (!isDigit(piece[start])) continue;
            var end = start + 1;
            while (end < piece.Length && isDigit(piece[end])) end++;

            if (isolatesRuns) AddEnd(ends, offset, offset + start);
            for (var cut = start + ((end - start) % 3); cut < end; cut += 3) AddEnd(ends, offset, offset + cut);
            if (isolatesRuns) AddEnd(ends, offset, offset + end);
            start = end;
        }
    }
}
