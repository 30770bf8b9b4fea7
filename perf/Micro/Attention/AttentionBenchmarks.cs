using BenchmarkDotNet.Attributes;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Probing;
using Hearth.Kernels.Threading;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Attention;

/// <summary>
/// Attention of one layer over each kind of cache. The peak beside it is that of float multiply-adds; quantised keys meet queries in whole
/// numbers and may pass it.
/// </summary>
public abstract class AttentionBenchmarks
{
    private WorkerPool pool = null!;
    private CachedSequence sequence = null!;

    /// <summary>One thread and all.</summary>
    public static IEnumerable<int> ThreadCounts => Machine.ThreadCounts;

    [ParamsAllValues]
    public KvType Cache { get; set; }

    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    /// <summary>Positions in the cache.</summary>
    protected abstract int Positions { get; }

    /// <summary>Tokens that attend, the last of the sequence.</summary>
    protected abstract int Tokens { get; }

    [GlobalSetup]
    public void Setup()
    {
        pool = new WorkerPool(Threads);
        sequence = CachedSequence.Checked(pool, Cache, Positions, Tokens);
        Ledger.Declare(sequence.Work, Machine.Peak(Arithmetic.Float, pool));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        Ledger.ProbedAgain(Machine.Peak(Arithmetic.Float, pool));
        sequence.Dispose();
        pool.Dispose();
    }

    [Benchmark]
    public void Attend() => sequence.Attend();
}
