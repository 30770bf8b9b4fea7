using System.Text.RegularExpressions;

namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>Splits a text where an expression matches.</summary>
/// <param name="expression">The expression.</param>
/// <param name="endsBefore">Whether a part ends before each match.</param>
/// <param name="endsAfter">Whether a part ends after each match.</param>
internal sealed class RegexPass(Regex expression, bool endsBefore = true, bool endsAfter = true) : SplitPass
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> piece, int offset, List<int> ends)
    {
        foreach (var match in expression.EnumerateMatches(piece))
        {
            if (endsBefore) AddEnd(ends, offset, offset + match.Index);
            if (endsAfter) AddEnd(ends, offset, offset + match.Index + match.Length);
        }
    }
}
