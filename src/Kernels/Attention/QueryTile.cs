namespace Hearth.Kernels.Attention;

/// <summary>
/// Up to <see cref="MaxRows"/> query rows that read the same KV head. A row is one query head of one token; the rows of a KV head
/// are ordered by token, then by head.
/// </summary>
internal readonly unsafe struct QueryTile
{
    /// <summary>
    /// Sixteen of the widest register tiles: what is unpacked of a page serves them all, and their scores of a piece, 140 KB, stay in the
    /// second cache.
    /// </summary>
    public const int MaxRows = 128;

    /// <summary>The fewest rows that a tile is given where there are more: two of the widest register tiles.</summary>
    public const int MinRows = 16;

    /// <summary>
    /// Positions of a piece. A row's softmax is computed piece by piece and the pieces merge in ascending order, whoever computes
    /// them, so the bytes of a result do not depend on how the work is shared.
    /// </summary>
    public const int PiecePositions = 256;

    /// <summary>What turns a logarithm to the base e into one to the base 2.</summary>
    public const float Log2OfE = 1.44269504f;

    private readonly AttentionTask* task;
    private readonly int firstRow;
    private readonly int group;

    public QueryTile(AttentionTask* task, int kvHead, int index, int tileRows)
    {
        this.task = task;
        group = task->Heads / task->KvHeads;
        firstRow = index * tileRows;
        KvHead = kvHead;
        Rows = Math.Min(tileRows, (task->Tokens * group) - firstRow);
    }

    public ref readonly AttentionTask Task => ref *task;

    public int KvHead { get; }

    public int Rows { get; }

    /// <summary>The first key that any row sees.</summary>
    public int FirstKey => FirstKeyOf(0);

    /// <summary>One past the last key that any row sees.</summary>
    public int EndKey => EndKeyOf(Rows - 1);

    public int FirstPiece => FirstKey / PiecePositions;

    /// <summary>One past the last piece; at most <see cref="FirstPiece"/> if no row sees a key.</summary>
    public int EndPiece => (EndKey + PiecePositions - 1) / PiecePositions;

    /// <summary>How many tiles the rows of one KV head make.</summary>
    public static int Count(in AttentionTask task, int tileRows) => (((task.Tokens * (task.Heads / task.KvHeads)) - 1) / tileRows) + 1;

    /// <summary>The query head of a row.</summary>
    public int Head(int row) => (KvHead * group) + ((firstRow + row) % group);

    public int Position(int row) => task->FirstPosition + Token(row);

    public float* Query(int row) => task->Queries + (Token(row) * task->QueryStride) + (Head(row) * (nint)task->Shape.KeyLength);

    public float* Output(int row) => task->Outputs + (Token(row) * task->OutputStride) + (Head(row) * (nint)task->Shape.ValueLength);

    /// <summary>The first key that a row sees. Rises with the row.</summary>
    public int FirstKeyOf(int row)
    {
        int position = Position(row);
        int first = task->Window > 0 ? Math.Max(0, position - task->Window + 1) : 0;
        return task->Chunk > 0 ? Math.Max(first, position / task->Chunk * task->Chunk) : first;
    }

    /// <summary>One past the last key that a row sees. Rises with the row.</summary>
    public int EndKeyOf(int row)
    {
        if (task->Causal)
            return Math.Min(Position(row) + 1, task->KeyCount);
        return task->Window > 0 ? (int)Math.Min((long)Position(row) + task->Window, task->KeyCount) : task->KeyCount;
    }

    /// <summary>What queries are multiplied by: scores are powers of two instead of e, which cost less.</summary>
    public float QueryScale => task->Scale * Log2OfE;

    /// <summary>The positions of a piece that any of some consecutive rows sees, counted from the start of the piece.</summary>
    public PositionRange Seen(int row, int rows, int piece)
    {
        int start = piece * PiecePositions;
        return new(Math.Max(0, FirstKeyOf(row) - start), Math.Min(PiecePositions, EndKeyOf(row + rows - 1) - start));
    }

    /// <summary>Whether each of some consecutive rows sees all of a piece.</summary>
    public bool SeenByAll(int row, int rows, int piece)
        => FirstKeyOf(row + rows - 1) <= piece * PiecePositions && EndKeyOf(row) >= (piece + 1) * PiecePositions;

    private int Token(int row) => (firstRow + row) / group;
}
