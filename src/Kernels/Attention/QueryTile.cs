namespace Hearth.Kernels.Attention;

/// <summary>
/// Up to <see cref="MaxRows"/> query rows that read the same KV head. A row is one query head of one token; the rows of a KV head
/// are ordered by token, then by head.
/// </summary>
internal readonly unsafe struct QueryTile
{
    /// <summary>Two of the widest register tiles: each key is loaded twice for 16 rows, and their scores of a piece stay in 17 KB.</summary>
    public const int MaxRows = 16;

    /// <summary>
    /// Positions of a piece. A row's softmax is computed piece by piece and the pieces merge in ascending order, whoever computes
    /// them, so the bytes of a result do not depend on how the work is shared.
    /// </summary>
    public const int PiecePositions = 256;

    private readonly AttentionTask* task;
    private readonly int firstRow;
    private readonly int group;

    public QueryTile(AttentionTask* task, int kvHead, int index)
    {
        this.task = task;
        group = task->Heads / task->KvHeads;
        firstRow = index * MaxRows;
        KvHead = kvHead;
        Rows = Math.Min(MaxRows, (task->Tokens * group) - firstRow);
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
    public static int Count(in AttentionTask task) => (((task.Tokens * (task.Heads / task.KvHeads)) - 1) / MaxRows) + 1;

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

    private int Token(int row) => (firstRow + row) / group;
}
