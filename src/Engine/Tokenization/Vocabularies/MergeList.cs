namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>The pairs of pieces that merge into one, in order of rank.</summary>
internal sealed class MergeList
{
    private readonly Utf8List texts;
    private readonly List<int> leftLengths;

    /// <summary>Makes an empty list.</summary>
    /// <param name="capacity">About how many merges will be added.</param>
    public MergeList(int capacity)
    {
        texts = new Utf8List(capacity);
        leftLengths = new List<int>(capacity);
    }

    /// <summary>The number of merges.</summary>
    public int Count => texts.Count;

    /// <summary>The piece to the left.</summary>
    public ReadOnlySpan<byte> Left(int rank) => texts[rank][..leftLengths[rank]];

    /// <summary>The piece to the right.</summary>
    public ReadOnlySpan<byte> Right(int rank) => texts[rank][leftLengths[rank]..];

    /// <summary>Adds a pair.</summary>
    public void Add(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var both = texts.Reserve(checked(left.Length + right.Length));
        left.CopyTo(both);
        right.CopyTo(both[left.Length..]);
        texts.Commit(both.Length);
        leftLengths.Add(left.Length);
    }

    /// <summary>Adds a pair written <c>left right</c>; a piece may begin with a space, so the first character never separates.</summary>
    /// <exception cref="InvalidModelException">There are not two pieces.</exception>
    public void Add(ReadOnlySpan<byte> pair)
    {
        var space = pair.Length > 1 ? pair[1..].IndexOf((byte)' ') + 1 : 0;
        if (space == 0 || space == pair.Length - 1)
        {
            var text = System.Text.Encoding.UTF8.GetString(pair);
            throw new InvalidModelException($"Merge {Count} of the vocabulary, \"{text}\", is not two pieces with a space between them.");
        }

        Add(pair[..space], pair[(space + 1)..]);
    }
}
