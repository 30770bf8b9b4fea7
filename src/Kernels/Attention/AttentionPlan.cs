using System.Numerics;

namespace Hearth.Kernels.Attention;

/// <summary>
/// How the tasks of one call become chunks of work. Usually a chunk is a tile with all its keys. Where there are too few tiles for
/// the workers, as when one sequence with a long past decodes, a chunk is one piece of a tile and a second region merges the pieces.
/// </summary>
internal unsafe struct AttentionPlan
{
    // A tile whose share of all work is larger than a quarter of one worker's would keep the others waiting at the end.
    private const int TilesPerWorker = 4;

    // What a tile unpacks serves all its rows, so tiles are large, but not so large that workers wait for each other.
    private const int LeastTilesPerWorker = 12;

    private readonly AttentionTask* tasks;
    private readonly TaskPlan* plans;
    private readonly int count;
    private readonly int tileRows;
    private float* states;
    private long stateFloats;

    /// <summary>Plans.</summary>
    /// <param name="threads">Workers.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="count">How many.</param>
    /// <param name="plans">Room for as many <see cref="TaskPlan"/>s.</param>
    /// <param name="states">Room for the states of pieces.</param>
    /// <param name="stateFloats">How much; a task that finds no room keeps its tiles whole.</param>
    public AttentionPlan(int threads, AttentionTask* tasks, int count, TaskPlan* plans, float* states, long stateFloats)
    {
        this.tasks = tasks;
        this.plans = plans;
        this.count = count;
        this.states = states;
        this.stateFloats = stateFloats;
        tileRows = TileRows(threads, tasks, count);
        long work = 0;
        for (int i = 0; i < count; i++)
            work += Survey(ref tasks[i], tileRows, out plans[i]);
        for (int i = 0; i < count; i++)
            Assign(ref plans[i], tasks[i], threads > 1 && plans[i].LongestTile * (long)TilesPerWorker * threads > work);
    }

    /// <summary>Chunks that attend.</summary>
    public int Chunks { get; private set; }

    /// <summary>Chunks that merge pieces.</summary>
    public int Merges { get; private set; }

    /// <summary>States of one token's rows over all pieces: what a decoding sequence of that length needs to be split.</summary>
    public static long StateFloats(in KvHeadShape shape, int heads, int keyCount)
        => 2L * heads * ((keyCount / QueryTile.PiecePositions) + 1) * RowStates.RowFloats(shape.PaddedValueLength);

    /// <summary>Computes a chunk.</summary>
    public readonly void Attend(AttentionKernels kernels, int chunk, byte* workspace)
    {
        int index = Find(chunk, merges: false);
        ref readonly var plan = ref plans[index];
        int local = chunk - plan.FirstChunk;
        var memory = new TileWorkspace(workspace, tasks[index].Shape);
        if (plan.States == null)
        {
            kernels.Attend(Tile(index, local), memory);
            return;
        }

        var tile = Tile(index, local / plan.Pieces);
        int piece = tile.FirstPiece + (local % plan.Pieces);
        if (piece >= tile.EndPiece)
            return;
        var into = new RowStates(plan.States + (local * plan.PieceFloats), tasks[index].Shape.PaddedValueLength);
        kernels.AttendPiece(tile, piece, memory, into);
    }

    /// <summary>Merges the pieces of one tile.</summary>
    public readonly void Merge(AttentionKernels kernels, int merge)
    {
        int index = Find(merge, merges: true);
        ref readonly var plan = ref plans[index];
        int local = merge - plan.FirstMerge;
        kernels.MergePieces(Tile(index, local), plan.States + (local * plan.Pieces * plan.PieceFloats), (nint)plan.PieceFloats);
    }

    private static int TileRows(int threads, AttentionTask* tasks, int count)
    {
        int rows = QueryTile.MaxRows;
        for (; threads > 1 && rows > QueryTile.MinRows; rows /= 2)
        {
            long tiles = 0;
            for (int i = 0; i < count; i++)
                tiles += (long)QueryTile.Count(tasks[i], rows) * tasks[i].KvHeads;
            if (tiles >= (long)LeastTilesPerWorker * threads)
                break;
        }

        return rows;
    }

    private static long Survey(ref AttentionTask task, int tileRows, out TaskPlan plan)
    {
        plan = new TaskPlan { Tiles = QueryTile.Count(task, tileRows) };
        long pieces = 0;
        fixed (AttentionTask* pointer = &task)
        {
            for (int i = 0; i < plan.Tiles; i++)
            {
                var tile = new QueryTile(pointer, 0, i, tileRows);
                int own = Math.Max(1, tile.EndPiece - tile.FirstPiece);
                plan.LongestTile = Math.Max(plan.LongestTile, own);
                pieces += own;
            }
        }

        return pieces * task.KvHeads;
    }

    private void Assign(ref TaskPlan plan, in AttentionTask task, bool wantsPieces)
    {
        int tiles = plan.Tiles * task.KvHeads;
        plan.FirstChunk = Chunks;
        plan.FirstMerge = Merges;
        plan.Pieces = plan.LongestTile;
        int rows = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(tileRows, task.Tokens * (task.Heads / task.KvHeads)));
        plan.PieceFloats = rows * (long)RowStates.RowFloats(task.Shape.PaddedValueLength);
        long floats = tiles * plan.PieceFloats * plan.Pieces;
        if (wantsPieces && plan.Pieces > 1 && floats <= stateFloats)
        {
            plan.States = states;
            states += floats;
            stateFloats -= floats;
            Chunks += tiles * plan.Pieces;
            Merges += tiles;
        }
        else
        {
            Chunks += tiles;
        }
    }

    /// <summary>Tiles of a head stay together, for they read the same keys; the last tokens, which see most, come first.</summary>
    private readonly QueryTile Tile(int index, int local)
    {
        int tiles = plans[index].Tiles;
        return new QueryTile(tasks + index, local / tiles, tiles - 1 - (local % tiles), tileRows);
    }

    /// <summary>The last task whose first chunk, or merge, is not behind the given one and that has any.</summary>
    private readonly int Find(int number, bool merges)
    {
        int low = 0;
        int high = count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if ((merges ? plans[middle].FirstMerge : plans[middle].FirstChunk) <= number)
                low = middle;
            else
                high = middle - 1;
        }

        // Tasks that merge nothing start where the next one does, so only the last of equals can be the wrong one: step back to the one that merges.
        while (merges && plans[low].States == null)
            low--;
        return low;
    }

    /// <summary>How one task is cut.</summary>
    internal struct TaskPlan
    {
        public int FirstChunk;
        public int FirstMerge;

        /// <summary>Tiles of one KV head.</summary>
        public int Tiles;

        /// <summary>Pieces of the tile that has most.</summary>
        public int LongestTile;

        /// <summary>Chunks of a tile where it is cut into pieces.</summary>
        public int Pieces;

        /// <summary>Floats of the states of one piece of one tile.</summary>
        public long PieceFloats;

        /// <summary>[KV heads][tiles][pieces] states, or null where tiles stay whole.</summary>
        public float* States;
    }
}
