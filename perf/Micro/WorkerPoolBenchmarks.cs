using BenchmarkDotNet.Attributes;
using Hearth.Kernels.Threading;

namespace Hearth.Perf.Micro;

/// <summary>The price of one fork and join: a decode step pays it about a hundred times.</summary>
public class WorkerPoolBenchmarks
{
    private WorkerPool pool = null!;
    private EmptyRegion empty;

    /// <summary>Threads, the caller included. More than the machine has processors is a case of its own.</summary>
    [Params(1, 2, 5)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Start()
    {
        pool = new WorkerPool(Threads);
        int[] ran = new int[64];
        var region = new CountedRegion(ran);
        pool.Run(ref region, ran.Length);
        if (ran.Any(times => times != 1))
            throw new InvalidOperationException($"Chunks ran {string.Join(", ", ran)} times.");
    }

    [GlobalCleanup]
    public void Stop() => pool.Dispose();

    /// <summary>One chunk a thread, back to back.</summary>
    [Benchmark(Baseline = true)]
    public void EmptyChunkPerThread() => pool.Run(ref empty, Threads);

    /// <summary>What handing out 64 chunks adds.</summary>
    [Benchmark]
    public void SixtyFourEmptyChunks() => pool.Run(ref empty, 64);

    /// <summary>The same by the framework's own means.</summary>
    [Benchmark]
    public void ParallelForOverThreads() => Parallel.For(0, Threads, static _ => { });

    private struct EmptyRegion : IParallelRegion
    {
        public readonly void Run(int chunk, int worker)
        {
        }
    }

    private readonly struct CountedRegion(int[] ran) : IParallelRegion
    {
        public void Run(int chunk, int worker) => Interlocked.Increment(ref ran[chunk]);
    }
}
