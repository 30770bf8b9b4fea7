using System.Runtime.InteropServices;

namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>Splits text into the words within which pairs merge: passes in order, each splitting what the one before it left.</summary>
internal sealed class PreTokenizer(params SplitPass[] passes)
{
    /// <summary>Whether some pass tells Han characters from other letters.</summary>
    public bool KnowsHan { get; init; }

    /// <summary>Whether white space beyond ASCII stays as it is, for expressions that list some of it.</summary>
    public bool KeepsSpaces { get; init; }

    /// <summary>Which text gets a space before it.</summary>
    public SpacePrefix Prefix { get; init; }

    /// <summary>Whether a text gets a space before it.</summary>
    /// <param name="text">Not empty.</param>
    /// <param name="isFirst">Whether no special token precedes.</param>
    public bool PrefixesSpace(ReadOnlySpan<char> text, bool isFirst) => Prefix switch
    {
        SpacePrefix.Always => true,
        SpacePrefix.UnlessPresent => text[0] != ' ',
        SpacePrefix.FirstUnlessPresent => isFirst && text[0] != ' ',
        _ => false,
    };

    /// <summary>Splits a text.</summary>
    /// <param name="text">Not empty.</param>
    /// <param name="scratch">Working memory; holds the answer until its next use.</param>
    /// <returns>Where words end, ascending; the last one is the text's length.</returns>
    public ReadOnlySpan<int> Split(ReadOnlySpan<char> text, EncodingScratch scratch)
    {
        var codePoints = CodePointText.Create(text, KnowsHan, KeepsSpaces);
        scratch.WordEnds.Clear();
        scratch.WordEnds.Add(codePoints.Characters.Length);
        foreach (var pass in passes)
        {
            scratch.SwapEnds();
            var start = 0;
            foreach (var end in scratch.CoarserEnds)
            {
                pass.Split(codePoints.Characters[start..end], start, scratch.WordEnds);
                if (scratch.WordEnds.Count == 0 || scratch.WordEnds[^1] < end) scratch.WordEnds.Add(end);
                start = end;
            }
        }

        var ends = CollectionsMarshal.AsSpan(scratch.WordEnds);
        foreach (ref var end in ends) end = codePoints.IndexInText(end);
        return ends;
    }
}
