namespace Hearth.Engine.Tokenization;

/// <summary>A stretch of the bytes being encoded, a link in the list that <see cref="PairMerger"/> shortens.</summary>
internal struct Symbol
{
    /// <summary>First byte.</summary>
    public int Start;

    /// <summary>Bytes; 0 when the symbol has been swallowed by the one before it.</summary>
    public int Length;

    /// <summary>The token with these bytes, or -1.</summary>
    public int Id;

    /// <summary>The index of the neighbour to the left, or -1.</summary>
    public int Previous;

    /// <summary>The index of the neighbour to the right, or -1.</summary>
    public int Next;

    /// <summary>The token that this symbol and the next one would make, or -1 when they cannot merge.</summary>
    public int PairId;

    /// <summary>How early that merge comes: smaller is earlier.</summary>
    public uint PairRank;
}
