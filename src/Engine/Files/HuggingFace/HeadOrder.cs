namespace Hearth.Engine.Files.HuggingFace;

/// <summary>Orders of the rows of heads.</summary>
internal static class HeadOrder
{
    /// <summary>Rows of each head from halves to pairs.</summary>
    /// <exception cref="InvalidModelException">The rows are not so many heads.</exception>
    public static RowOrder Paired(SourceMatrix source, int heads)
    {
        if (heads == 0 || source.MatrixRows % (2L * heads) != 0)
            throw source.Misfit($"does not divide into {heads} heads of pairs, as the configuration says");
        return Paired(RowOrder.All(source.MatrixRows), source.MatrixRows / heads);
    }

    /// <summary>The rows of another order from halves to pairs, in heads of a given length.</summary>
    public static RowOrder Paired(RowOrder rows, long length) => new(rows.Count, row =>
    {
        (long head, long at) = Math.DivRem(row, length);
        return rows.Of((head * length) + (at % 2 * (length / 2)) + (at / 2));
    });

    /// <summary>From the queries, key and value of each group of heads in turn to all queries, all keys, all values.</summary>
    /// <exception cref="InvalidModelException">The rows are not so many heads.</exception>
    public static RowOrder Gathered(SourceMatrix source, int heads, int groups)
    {
        long length = GroupedHeadLength(source, heads, groups);
        long queries = heads / groups;
        return new RowOrder(source.MatrixRows, row =>
        {
            (long head, long at) = Math.DivRem(row, length);
            (long group, long slot) = head < heads ? Math.DivRem(head, queries)
                : head < heads + groups ? (head - heads, queries)
                : (head - heads - groups, queries + 1);
            return (((group * (queries + 2)) + slot) * length) + at;
        });
    }

    /// <summary>The queries, the keys or the values alone of rows that have all three, group by group.</summary>
    /// <param name="source">The matrix.</param>
    /// <param name="heads">Queries.</param>
    /// <param name="groups">Keys, and values.</param>
    /// <param name="part">0 for queries, 1 for keys, 2 for values.</param>
    /// <exception cref="InvalidModelException">The rows are not so many heads.</exception>
    public static RowOrder OfGroups(SourceMatrix source, int heads, int groups, int part)
    {
        long length = GroupedHeadLength(source, heads, groups);
        long first = (part == 0 ? 0 : part == 1 ? heads : heads + groups) * length;
        var gathered = Gathered(source, heads, groups);
        return new RowOrder((part == 0 ? heads : groups) * length, row => gathered.Of(first + row));
    }

    /// <summary>The queries, the keys or the values alone of rows in which all queries come first, then all keys, then all values.</summary>
    /// <param name="source">The matrix.</param>
    /// <param name="heads">Queries.</param>
    /// <param name="groups">Keys, and values.</param>
    /// <param name="part">0 for queries, 1 for keys, 2 for values.</param>
    /// <exception cref="InvalidModelException">The rows are not so many heads.</exception>
    public static RowOrder OfFused(SourceMatrix source, int heads, int groups, int part)
    {
        long length = GroupedHeadLength(source, heads, groups);
        long first = part == 0 ? 0 : part == 1 ? heads : heads + groups;
        return RowOrder.Range(source, first * length, (part == 0 ? heads : groups) * length);
    }

    /// <summary>Of rows that come in equal blocks, a run of each block.</summary>
    /// <param name="source">The matrix.</param>
    /// <param name="blocks">Blocks.</param>
    /// <param name="blockRows">Rows of a block.</param>
    /// <param name="first">The first row of each block that is taken.</param>
    /// <param name="count">How many of each block.</param>
    /// <exception cref="InvalidModelException">The rows are not so many blocks.</exception>
    public static RowOrder OfBlocks(SourceMatrix source, long blocks, long blockRows, long first, long count)
    {
        if (blocks == 0 || count == 0 || source.MatrixRows != blocks * blockRows)
            throw source.Misfit($"has not {blocks} heads of {blockRows} rows, as the configuration says");
        return new RowOrder(blocks * count, row =>
        {
            (long block, long at) = Math.DivRem(row, count);
            return (block * blockRows) + first + at;
        });
    }

    /// <summary>Rows of heads that belong to groups, from group by group to turn by turn: the first head of each group, then the second.</summary>
    /// <param name="first">Rows in front that stay.</param>
    /// <param name="groups">Groups.</param>
    /// <param name="perGroup">Heads of a group.</param>
    /// <param name="length">Rows of a head.</param>
    public static RowOrder InTurn(long first, long groups, long perGroup, long length)
        => new(first + (groups * perGroup * length), row =>
        {
            if (row < first)
                return row;
            (long head, long at) = Math.DivRem(row - first, length);
            (long turn, long group) = Math.DivRem(head, groups);
            return first + (((group * perGroup) + turn) * length) + at;
        });

    private static long GroupedHeadLength(SourceMatrix source, int heads, int groups)
        => heads > 0 && groups > 0 && heads % groups == 0 && source.MatrixRows % (heads + (2L * groups)) == 0
            ? source.MatrixRows / (heads + (2L * groups))
            : throw source.Misfit($"does not divide into {heads} queries and {groups} keys and values, as the configuration says");
}
