using Hearth.Kernels;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Attention;

/// <summary>A layer's keys and values of one sequence, and the attention of its last tokens to them. Heads as in models of 8B: 32 over 8 of 128.</summary>
internal sealed unsafe class CachedSequence : IDisposable
{
    private const int Heads = 32;
    private const int KvHeads = 8;
    private const int HeadLength = 128;
    private const int Width = Heads * HeadLength;

    private readonly KernelSet kernels;
    private readonly WorkerPool pool;
    private readonly AlignedBuffer cache;
    private readonly AlignedBuffer pages;
    private readonly AlignedBuffer queries;
    private readonly AlignedBuffer outputs;
    private readonly AlignedBuffer scratch;
    private readonly AttentionTask[] tasks;

    public CachedSequence(KernelSet kernels, WorkerPool pool, KvType type, int positions, int tokens)
    {
        this.kernels = kernels;
        this.pool = pool;
        var shape = new KvHeadShape(HeadLength, HeadLength, type, type);
        int pageCount = (positions + KvHeadShape.PagePositions - 1) / KvHeadShape.PagePositions;
        long pageBytes = (long)KvHeads * shape.TotalBytes;
        cache = new AlignedBuffer(pageCount * pageBytes, hugePages: true);
        pages = new AlignedBuffer(pageCount * sizeof(byte*));
        var table = (byte**)pages.Pointer;
        for (int page = 0; page < pageCount; page++)
            table[page] = cache.Pointer + (page * pageBytes);
        Store(shape, table, positions);

        queries = new AlignedBuffer((long)tokens * Width * sizeof(float));
        outputs = new AlignedBuffer(queries.Length);
        Draws.Floats(positions * Width, seed: 8).AsSpan((positions - tokens) * Width).CopyTo(new Span<float>(queries.Pointer, tokens * Width));
        scratch = new AlignedBuffer(PagedAttention.ScratchBytes(pool.Threads, 1, shape, Heads, positions));
        tasks =
        [
            new AttentionTask
            {
                Queries = (float*)queries.Pointer,
                QueryStride = Width,
                Outputs = (float*)outputs.Pointer,
                OutputStride = Width,
                Tokens = tokens,
                Heads = Heads,
                KvHeads = KvHeads,
                Shape = shape,
                Pages = table,
                FirstPosition = positions - tokens,
                KeyCount = positions,
                Causal = true,
                Scale = 1 / MathF.Sqrt(HeadLength),
            },
        ];
        double pairs = ((double)tokens * (positions - tokens)) + (tokens * (tokens + 1.0) / 2);
        Work = new Work(pairs * Heads * 2 * HeadLength, cache.Length);
    }

    /// <summary>Products of queries with keys and of weights with values; the cache is read once at the least.</summary>
    public Work Work { get; }

    /// <summary>[tokens, heads x length].</summary>
    public ReadOnlySpan<float> Outputs => new(outputs.Pointer, tasks[0].Tokens * Width);

    /// <summary>Compares cache and outputs with those of the scalar rung, of the last tokens if there are many.</summary>
    /// <exception cref="InvalidOperationException">A number differs.</exception>
    public static CachedSequence Checked(WorkerPool pool, KvType type, int positions, int tokens)
    {
        int compared = Math.Min(tokens, 4);
        using var alone = new WorkerPool(1);
        using var expected = new CachedSequence(Machine.Oracle, alone, type, positions, compared);
        expected.Attend();
        var actual = new CachedSequence(Machine.Kernels, pool, type, positions, tokens);
        actual.Attend();
        Answer.MustEqual(
            new ReadOnlySpan<byte>(expected.cache.Pointer, checked((int)expected.cache.Length)),
            new ReadOnlySpan<byte>(actual.cache.Pointer, checked((int)actual.cache.Length)),
            $"cache of {type}");
        Answer.MustEqual(expected.Outputs, actual.Outputs[((tokens - compared) * Width)..], $"attention over {type}");
        return actual;
    }

    /// <summary>Computes the outputs.</summary>
    public void Attend() => PagedAttention.Run(pool, kernels, tasks, scratch.Pointer, scratch.Length);

    public void Dispose()
    {
        cache.Dispose();
        pages.Dispose();
        queries.Dispose();
        outputs.Dispose();
        scratch.Dispose();
    }

    private void Store(in KvHeadShape shape, byte** table, int positions)
    {
        var keys = Draws.Floats(positions * KvHeads * HeadLength, seed: 6);
        var values = Draws.Floats(keys.Length, seed: 7);
        fixed (float* key = keys, value = values)
        {
            for (int position = 0; position < positions; position++)
            {
                for (int head = 0; head < KvHeads; head++)
                {
                    byte* into = table[position / KvHeadShape.PagePositions] + (head * (long)shape.TotalBytes);
                    int at = ((position * KvHeads) + head) * HeadLength;
                    kernels.Attention.StoreKey(shape, key + at, into, position % KvHeadShape.PagePositions);
                    kernels.Attention.StoreValue(shape, value + at, into, position % KvHeadShape.PagePositions);
                }
            }
        }
    }
}
