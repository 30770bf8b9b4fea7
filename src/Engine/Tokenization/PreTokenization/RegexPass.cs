using System.Text.RegularExpressions;

namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>Makes a part of each match of an expression, and of each stretch between matches.</summary>
internal sealed class RegexPass(Regex expression) : SplitPass
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> piece, int offset, List<int> ends)
    {
        foreach (var match in expression.EnumerateMatches(piece))
        {
            AddEnd(ends, offset, offset + match.Index);
            AddEnd(ends, offset, offset + match.Index + match.Length);
        }
    }
}
