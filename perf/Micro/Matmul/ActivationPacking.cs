using BenchmarkDotNet.Attributes;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Matmul;

/// <summary>Rounding and interleaving a product's input, in each form that some type asks for. GB/s counts floats read and bytes written.</summary>
public unsafe class ActivationPacking
{
    private const int Columns = 4096;

    private WorkerPool pool = null!;
    private ActivationLayout layout;
    private AlignedBuffer source = null!;
    private AlignedBuffer packed = null!;

    /// <summary>The first type of each form.</summary>
    public static IEnumerable<WeightType> Types => Machine.Kernels.Panels.DistinctBy(panel => panel.Activations).Select(panel => panel.Type);

    /// <summary>One thread and all.</summary>
    public static IEnumerable<int> ThreadCounts => Machine.ThreadCounts;

    [ParamsSource(nameof(Types))]
    public WeightType FormOf { get; set; }

    [Params(1, 4, 16, 512)]
    public int Tokens { get; set; }

    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        pool = new WorkerPool(Threads);
        layout = Machine.Kernels.Panels.Single(panel => panel.Type == FormOf).Activations;
        long bytes = Machine.Kernels.ActivationBytes(layout, Tokens, Columns);
        source = new AlignedBuffer((long)Tokens * Columns * sizeof(float));
        packed = new AlignedBuffer(bytes);
        Draws.Floats(Tokens * Columns, seed: 3).CopyTo(new Span<float>(source.Pointer, Tokens * Columns));
        using var expected = new AlignedBuffer(bytes);
        using var alone = new WorkerPool(1);
        MatMul.Pack(alone, Machine.Oracle, layout, (float*)source.Pointer, Columns, Tokens, Columns, expected.Pointer);
        Pack();
        Answer.MustEqual(
            new ReadOnlySpan<byte>(expected.Pointer, (int)bytes), new ReadOnlySpan<byte>(packed.Pointer, (int)bytes), $"activations of {FormOf}");
        Ledger.Declare(new Work(0, source.Length + bytes));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        source.Dispose();
        packed.Dispose();
        pool.Dispose();
    }

    [Benchmark]
    public void Pack()
        => MatMul.Pack(pool, Machine.Kernels, layout, (float*)source.Pointer, Columns, Tokens, Columns, packed.Pointer);
}
