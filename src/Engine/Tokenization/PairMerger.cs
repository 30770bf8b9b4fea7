namespace Hearth.Engine.Tokenization;

/// <summary>
/// Merges neighbouring symbols, always the pair of the lowest rank and among equals the leftmost, until no pair is left to merge.
/// The loop of both SentencePiece's and byte-pair encoding; they differ in their <see cref="IPairRule"/>.
/// </summary>
/// <remarks>
/// A heap of candidates over a linked list: O(n log n), so that a long text without spaces costs no more than others.
/// A candidate in the heap may have been overtaken by another merge; it still holds when its rank is that of the pair that
/// now begins at its left symbol. An instance is scratch memory for one thread at a time.
/// </remarks>
internal sealed class PairMerger
{
    private readonly PriorityQueue<int, ulong> candidates = new();
    private Symbol[] symbols = new Symbol[64];
    private int count;

    /// <summary>Forgets all symbols.</summary>
    public void Clear() => count = 0;

    /// <summary>Appends a symbol.</summary>
    /// <param name="start">Its first byte, which follows the last byte of the symbol before.</param>
    /// <param name="length">Its bytes, at least one.</param>
    /// <param name="id">Its token, or -1.</param>
    public void Append(int start, int length, int id)
    {
        if (count == symbols.Length) Array.Resize(ref symbols, count * 2);
        symbols[count] = new Symbol { Start = start, Length = length, Id = id, Previous = count - 1, Next = -1, PairId = -1 };
        if (count > 0) symbols[count - 1].Next = count;
        count++;
    }

    /// <summary>Merges until nothing merges any more.</summary>
    /// <returns>The symbols; those of length 0 are gone, the others stand in order.</returns>
    public ReadOnlySpan<Symbol> Run<TRule>(TRule rule)
        where TRule : struct, IPairRule, allows ref struct
    {
        var list = symbols.AsSpan(0, count);
        candidates.Clear();
        for (var i = 0; i + 1 < list.Length; i++) Offer(list, i, ref rule);

        while (candidates.TryDequeue(out var left, out var key))
        {
            ref var symbol = ref list[left];
            if (symbol.Length == 0 || symbol.PairId < 0 || symbol.PairRank != (uint)(key >> 32)) continue;

            ref var swallowed = ref list[symbol.Next];
            symbol.Length += swallowed.Length;
            symbol.Id = symbol.PairId;
            symbol.Next = swallowed.Next;
            swallowed.Length = 0;
            if (symbol.Next >= 0) list[symbol.Next].Previous = left;

            Offer(list, left, ref rule);
            if (symbol.Previous >= 0) Offer(list, symbol.Previous, ref rule);
        }

        return list;
    }

    private void Offer<TRule>(Span<Symbol> list, int left, ref TRule rule)
        where TRule : struct, IPairRule, allows ref struct
    {
        ref var symbol = ref list[left];
        symbol.PairId = symbol.Next < 0 ? -1 : rule.Merge(symbol, list[symbol.Next], out symbol.PairRank);
        if (symbol.PairId >= 0) candidates.Enqueue(left, ((ulong)symbol.PairRank << 32) | (uint)left);
    }
}
