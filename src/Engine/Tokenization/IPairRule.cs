namespace Hearth.Engine.Tokenization;

/// <summary>Says which neighbours merge into which token, and in which order; a type argument of <see cref="PairMerger"/>.</summary>
internal interface IPairRule
{
    /// <summary>Looks up two neighbours.</summary>
    /// <param name="left">The left symbol.</param>
    /// <param name="right">The symbol after it.</param>
    /// <param name="rank">How early the merge comes; of equal ranks the leftmost pair is first.</param>
    /// <returns>The token that both make, or -1.</returns>
    int Merge(in Symbol left, in Symbol right, out uint rank);
}
