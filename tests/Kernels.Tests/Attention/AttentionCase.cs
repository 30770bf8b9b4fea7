using Hearth.Kernels.Attention;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Tests.Elementwise;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Tests.Attention;

/// <summary>
/// One sequence: random queries, keys and values, stored in pages that are scattered over memory and full of garbage where nothing
/// was stored.
/// </summary>
internal sealed unsafe class AttentionCase
{
    private readonly FloatRow queries;
    private readonly FloatRow keys;
    private readonly FloatRow values;
    private readonly float[] storedKeys;
    private readonly float[] storedValues;
    private readonly FloatRow? slopes;
    private readonly FloatRow? sinks;

    public AttentionCase(Random random, AttentionTask task, bool alibi = false, bool sink = false)
    {
        Task = task;
        int tokens = task.KeyCount;
        queries = FloatRow.Random(random, tokens * task.Heads * task.Shape.KeyLength);
        keys = FloatRow.Random(random, tokens * task.KvHeads * task.Shape.KeyLength);
        values = FloatRow.Random(random, tokens * task.KvHeads * task.Shape.ValueLength);
        storedKeys = Stored(task.Shape.KeyType, keys.Values, task.Shape.KeyLength);
        storedValues = Stored(task.Shape.ValueType, values.Values, task.Shape.ValueLength);
        slopes = alibi ? FloatRow.Random(random, task.Heads, 0.1) : null;
        sinks = sink ? FloatRow.Random(random, task.Heads, 2) : null;
    }

    /// <summary>Everything but pointers. <see cref="AttentionTask.KeyCount"/> is the length of the sequence.</summary>
    public AttentionTask Task { get; }

    public int Tokens => Task.KeyCount;

    public int OutputWidth => Task.Heads * Task.Shape.ValueLength;

    /// <summary>A task of a shape, with the usual scale.</summary>
    public static AttentionTask Shaped(int heads, int kvHeads, int tokens, int keyLength, int valueLength, KvType type = KvType.F16) => new()
    {
        Heads = heads,
        KvHeads = kvHeads,
        KeyCount = tokens,
        Shape = new KvHeadShape(keyLength, valueLength, type, type),
        Causal = true,
        Scale = 1 / MathF.Sqrt(keyLength),
    };

    /// <summary>Computes all outputs, the tokens cut into calls of the given lengths (the last one repeats).</summary>
    public FloatRow Run(KernelSet kernels, WorkerPool pool, params int[] cuts)
    {
        using var cache = new CacheMemory(this, kernels);
        var output = new FloatRow(Tokens * OutputWidth);
        int first = 0;
        for (int call = 0; first < Tokens; call++)
        {
            int count = Math.Min(cuts[Math.Min(call, cuts.Length - 1)], Tokens - first);
            int end = Task.Causal ? first + count : Tokens;
            cache.Store(end);
            var task = At(cache, output, first, count, end);
            Run(kernels, pool, [task]);
            first += count;
        }

        output.AssertCanaries();
        return output;
    }

    /// <summary>Runs tasks of one shape with exactly the scratch memory they ask for, or less.</summary>
    public static void Run(KernelSet kernels, WorkerPool pool, AttentionTask[] tasks, double share = 1)
    {
        int longest = 0;
        foreach (var task in tasks)
            longest = Math.Max(longest, task.KeyCount);
        long least = PagedAttention.ScratchBytes(1, tasks.Length, tasks[0].Shape, tasks[0].Heads, longest) * pool.Threads;
        long most = PagedAttention.ScratchBytes(pool.Threads, tasks.Length, tasks[0].Shape, tasks[0].Heads, longest);
        long bytes = Math.Max(least, (long)(most * share));
        using var scratch = new AlignedBuffer(bytes + 64);
        new Span<byte>(scratch.Pointer, (int)scratch.Length).Fill(0xFF);
        PagedAttention.Run(pool, kernels, tasks, scratch.Pointer, bytes);
        Assert.Equal(-1, new Span<byte>(scratch.Pointer + bytes, 64).IndexOfAnyExcept((byte)0xFF));
    }

    public AttentionTask At(CacheMemory cache, FloatRow output, int first, int count, int keyCount)
    {
        var task = Task;
        int queryWidth = task.Heads * task.Shape.KeyLength;
        task.Queries = queries.Pointer + (first * queryWidth);
        task.QueryStride = queryWidth;
        task.Outputs = output.Pointer + (first * OutputWidth);
        task.OutputStride = OutputWidth;
        task.Tokens = count;
        task.FirstPosition = first;
        task.KeyCount = keyCount;
        task.Pages = cache.Pages;
        task.AlibiSlopes = slopes == null ? null : slopes.Pointer;
        task.Sinks = sinks == null ? null : sinks.Pointer;
        return task;
    }

    public double Key(int position, int kvHead, int dimension)
        => storedKeys[(((position * Task.KvHeads) + kvHead) * Task.Shape.KeyLength) + dimension];

    public double Value(int position, int kvHead, int dimension)
        => storedValues[(((position * Task.KvHeads) + kvHead) * Task.Shape.ValueLength) + dimension];

    public double Query(int token, int head, int dimension)
        => queries.Values[(((token * Task.Heads) + head) * Task.Shape.KeyLength) + dimension];

    public double Slope(int head) => slopes == null ? 0 : slopes.Values[head];

    public double Sink(int head) => sinks == null ? double.NegativeInfinity : sinks.Values[head];

    /// <summary>What is left of vectors of a length after they were stored.</summary>
    private static float[] Stored(KvType type, ReadOnlySpan<float> vectors, int length)
    {
        Assert.True(WeightFormat.TryGet(Enum.Parse<WeightType>(type.ToString()), out var format));
        int padded = (length + 31) / 32 * 32;
        var vector = new float[padded];
        var blocks = new byte[padded / format.BlockWeights * format.BlockBytes];
        var stored = new float[vectors.Length];
        for (int at = 0; at < vectors.Length; at += length)
        {
            vectors.Slice(at, length).CopyTo(vector);
            format.Encode(vector, default, blocks);
            var decoded = new float[padded];
            format.Decode(blocks, decoded);
            decoded.AsSpan(0, length).CopyTo(stored.AsSpan(at));
        }

        return stored;
    }

    /// <summary>The pages, in shuffled order, with a gap of garbage behind each.</summary>
    internal sealed class CacheMemory : IDisposable
    {
        private readonly AttentionCase owner;
        private readonly KernelSet kernels;
        private readonly AlignedBuffer memory;
        private readonly AlignedBuffer table;
        private int stored;

        public CacheMemory(AttentionCase owner, KernelSet kernels)
        {
            this.owner = owner;
            this.kernels = kernels;
            int pages = (owner.Tokens / KvHeadShape.PagePositions) + 1;
            long pageBytes = (owner.Task.KvHeads * (long)owner.Task.Shape.TotalBytes) + 64;
            memory = new AlignedBuffer(pages * pageBytes);
            new Span<byte>(memory.Pointer, checked((int)memory.Length)).Fill(0xFF);
            table = new AlignedBuffer(pages * sizeof(byte*));
            int[] order = [.. Enumerable.Range(0, pages)];
            new Random(pages).Shuffle(order);
            for (int page = 0; page < pages; page++)
                Pages[page] = memory.Pointer + (order[page] * pageBytes);
        }

        public byte** Pages => (byte**)table.Pointer;

        /// <summary>Stores keys and values up to a position.</summary>
        public void Store(int end)
        {
            var shape = owner.Task.Shape;
            int heads = owner.Task.KvHeads;
            for (; stored < end; stored++)
            {
                for (int head = 0; head < heads; head++)
                {
                    byte* at = Pages[stored / KvHeadShape.PagePositions] + (head * (long)shape.TotalBytes);
                    int row = (stored * heads) + head;
                    int position = stored % KvHeadShape.PagePositions;
                    kernels.Attention.StoreKey(shape, owner.keys.Pointer + (row * shape.KeyLength), at, position);
                    kernels.Attention.StoreValue(shape, owner.values.Pointer + (row * shape.ValueLength), at, position);
                }
            }
        }

        public void Dispose()
        {
            memory.Dispose();
            table.Dispose();
        }
    }
}
