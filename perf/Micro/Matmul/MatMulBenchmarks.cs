using BenchmarkDotNet.Attributes;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Matmul;

/// <summary>The product of one matrix with packed activations, for every type that kernels multiply.</summary>
public abstract unsafe class MatMulBenchmarks
{
    private const int Columns = 2048;

    private WorkerPool pool = null!;
    private PackedMatrix weights = null!;
    private AlignedBuffer activations = null!;
    private AlignedBuffer outputs = null!;
    private MatMulJob job;

    /// <summary>The catalog's types.</summary>
    public static IEnumerable<WeightType> Types => Machine.Kernels.Panels.Select(panel => panel.Type);

    /// <summary>One thread and all.</summary>
    public static IEnumerable<int> ThreadCounts => Machine.ThreadCounts;

    [ParamsSource(nameof(Types))]
    public WeightType Type { get; set; }

    [Params(1, 2, 4, 8, 16, 512)]
    public int Tokens { get; set; }

    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>Bytes of the matrix as kernels read it.</summary>
    protected abstract long Bytes { get; }

    [GlobalSetup]
    public void Setup()
    {
        pool = new WorkerPool(Threads);
        weights = SampleWeights.Of(Type, Columns, Bytes);
        var layout = weights.Kernel.Activations;
        activations = new AlignedBuffer(Machine.Kernels.ActivationBytes(layout, Tokens, Columns));
        outputs = new AlignedBuffer((long)weights.Rows * Tokens * sizeof(float), hugePages: true);
        job = new MatMulJob(weights, (nint)activations.Pointer, (nint)outputs.Pointer, weights.Rows);
        var x = Draws.Floats(Tokens * Columns, seed: 2);
        fixed (float* source = x)
            MatMul.Pack(pool, Machine.Kernels, layout, source, Columns, Tokens, Columns, activations.Pointer);
        MatMul.Run(pool, Tokens, job);
        SampleWeights.Check(Type, x, Tokens, Columns, new ReadOnlySpan<float>(outputs.Pointer, weights.Rows * Tokens));
        Ledger.Declare(new Work((double)weights.Rows * Columns * Tokens, weights.Bytes), Probe(pool));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        Ledger.ProbedAgain(Probe(pool));
        activations.Dispose();
        outputs.Dispose();
        pool.Dispose();
    }

    [Benchmark]
    public void Multiply() => MatMul.Run(pool, Tokens, job);

    /// <summary>What the machine allows such products.</summary>
    private protected virtual Ceilings Probe(WorkerPool workers) => Machine.Peak(weights.Kernel.Arithmetic, workers);
}
