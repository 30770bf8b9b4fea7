namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>Cuts runs of digits into threes counted from the right: 1234567 becomes 1, 234, 567.</summary>
/// <remarks>
/// The publishers write this with a lookahead over the rest of the run, <c>(?=(\d{3})+(?!\d))</c>, which takes quadratic time.
/// </remarks>
/// <param name="isDigit">Which characters are digits.</param>
/// <param name="endsRuns">
/// Whether a part ends with each run and no part begins with one: as the reference cuts, what stands before a run is in one part with
/// the run's first group.
/// </param>
internal sealed class DigitGroupsPass(Func<char, bool> isDigit, bool endsRuns) : SplitPass
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> piece, int offset, List<int> ends)
    {
        for (var start = 0; start < piece.Length; start++)
        {
            if (!isDigit(piece[start])) continue;
            var end = start + 1;
            while (end < piece.Length && isDigit(piece[end])) end++;

            var cut = start + ((end - start) % 3);
            if (endsRuns && cut == start) cut += 3;
            for (; cut < end; cut += 3) AddEnd(ends, offset, offset + cut);
            if (endsRuns) AddEnd(ends, offset, offset + end);
            start = end;
        }
    }
}
