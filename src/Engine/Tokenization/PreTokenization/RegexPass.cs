using System.Text.RegularExpressions;

namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>Splits a text where an expression matches.</summary>
/// <param name="expression">The expression.</param>
/// <param name="endsBefore">Whether a part ends before each match.</param>
/// <param name="endsAfter">Whether a part ends after each match.</param>
internal sealed class RegexPass(Regex expression, bool endsBefore = true, bool endsAfter = true) : SplitPass
{
    /// <inheritdoc/>
    /// <exception cref="InvalidModelException">The expression, one that came with a model, backtracks without end.</exception>
    public override void Split(ReadOnlySpan<char> piece, int offset, List<int> ends)
    {
        try
        {
            foreach (var match in expression.EnumerateMatches(piece))
            {
                if (endsBefore) AddEnd(ends, offset, offset + match.Index);
                if (endsAfter) AddEnd(ends, offset, offset + match.Index + match.Length);
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            var seconds = (int)e.MatchTimeout.TotalSeconds;
            throw new InvalidModelException(
                $"The pre-tokenizer's expression \"{e.Pattern}\" takes more than {seconds} s for {piece.Length} characters.", e);
        }
    }
}
