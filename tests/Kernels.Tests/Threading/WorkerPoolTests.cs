using System.Collections.Concurrent;
using Hearth.Kernels.Threading;
using Hearth.Tests;

namespace Hearth.Kernels.Tests.Threading;

public sealed class WorkerPoolTests
{
    public static TheoryData<int> ThreadCounts => [1, 2, 3, 5, 8];

    [Theory]
    [MemberData(nameof(ThreadCounts))]
    public void Every_chunk_runs_exactly_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (var chunks = 0; chunks <= 1000; chunks += chunks < 20 ? 1 : 49)
        {
            var region = new CountingRegion(new int[chunks], new int[threads]);
            pool.Run(ref region, chunks);
            Assert.All(region.Hits, hit => Assert.Equal(1, hit));
            Assert.Equal(chunks, region.ByWorker.Sum());
        }
    }

    [Theory]
    [MemberData(nameof(ThreadCounts))]
    public void Ten_thousand_regions_lose_no_chunk(int threads)
    {
        const int Chunks = 7;
        using var pool = new WorkerPool(threads);
        var region = new CountingRegion(new int[Chunks], new int[threads]);
        for (var i = 1; i <= 10_000; i++)
        {
            pool.Run(ref region, Chunks);
            if (!region.Hits.All(hit => hit == i))
                Assert.Fail($"Region {i}: {string.Join(' ', region.Hits)}");
        }
    }

    [Fact]
    public void Writes_of_the_workers_are_visible_after_the_join()
    {
        using var pool = new WorkerPool(3);
        for (var i = 1; i < 2_000; i++)
        {
            var region = new FillRegion(new long[64], i);
            pool.Run(ref region, 8);
            Assert.All(region.Target, value => Assert.Equal(i, value));
        }
    }

    [Theory]
    [MemberData(nameof(ThreadCounts))]
    public void A_region_allocates_nothing(int threads)
    {
        using var pool = new WorkerPool(threads);
        var region = new CountingRegion(new int[16], new int[threads]);
        pool.Run(ref region, 16);
        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
                pool.Run(ref region, 16);
        }));
    }

    [Theory]
    [MemberData(nameof(ThreadCounts))]
    public void An_exception_reaches_the_caller_and_the_pool_goes_on(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (var bad = 0; bad < 50; bad++)
        {
            var failing = new FailingRegion(bad);
            var failure = Assert.Throws<InvalidDataException>(() => pool.Run(ref failing, 50));
            Assert.Equal($"chunk {bad}", failure.Message);

            var region = new CountingRegion(new int[50], new int[threads]);
            pool.Run(ref region, 50);
            Assert.All(region.Hits, hit => Assert.Equal(1, hit));
        }
    }

    [Fact]
    public void Exceptions_in_every_chunk_surface_as_one()
    {
        using var pool = new WorkerPool(5);
        var region = default(AlwaysFailingRegion);
        for (var i = 0; i < 200; i++)
            Assert.Throws<InvalidDataException>(() => pool.Run(ref region, 100));
    }

    [Fact]
    public void A_nested_region_runs_on_its_thread_under_its_number()
    {
        using var pool = new WorkerPool(3);
        using var other = new WorkerPool(2);
        var region = new NestingRegion(pool, other, new ConcurrentQueue<NestedCall>());
        pool.Run(ref region, 20);
        Assert.Equal(40 * 4, region.Calls.Count);
        Assert.All(region.Calls, call => Assert.Equal((call.Thread, call.Worker), (call.InnerThread, call.InnerWorker)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Threads_inside_a_region_carry_different_numbers(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (var i = 0; i < 20; i++)
        {
            using var all = new Barrier(threads);
            var region = new MeetingRegion(all, new int[threads]);
            pool.Run(ref region, threads);
            Assert.Equal(Enumerable.Range(0, threads), region.Workers.Order());
        }
    }

    [Fact]
    public void Regions_of_several_callers_never_overlap()
    {
        const int Callers = 4;
        using var pool = new WorkerPool(3);
        var inside = new int[Callers];
        var overlaps = new int[Callers];
        var threads = Enumerable.Range(0, Callers).Select(caller => new Thread(() =>
        {
            var region = new LonelyRegion(inside, overlaps, caller);
            for (var i = 0; i < 200; i++)
                pool.Run(ref region, 5);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(overlaps, count => Assert.Equal(0, count));
    }

    [Fact]
    public void Callers_on_several_threads_share_the_pool()
    {
        const int Callers = 4;
        using var pool = new WorkerPool(3);
        var regions = Enumerable.Range(0, Callers).Select(_ => new CountingRegion(new int[9], new int[3])).ToArray();
        var threads = Enumerable.Range(0, Callers).Select(caller => new Thread(() =>
        {
            for (var i = 0; i < 500; i++)
                pool.Run(ref regions[caller], 9);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(regions, region => Assert.All(region.Hits, hit => Assert.Equal(500, hit)));
    }

    [Fact]
    public void A_region_in_the_heap_survives_collections()
    {
        using var pool = new WorkerPool(3);
        for (var i = 0; i < 100; i++)
        {
            var box = new[] { new CollectingRegion(new string('x', i + 1), new int[6]) };
            pool.Run(ref box[0], 6);
            Assert.All(box[0].Lengths, length => Assert.Equal(i + 1, length));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    public void Parked_workers_wake(int spinTurns)
    {
        using var pool = new WorkerPool(2, new WorkerPoolOptions { SpinTurns = spinTurns });
        for (var i = 0; i < 200; i++)
        {
            // Both chunks wait until two threads are inside: only a woken worker ends it.
            using var both = new Barrier(2);
            var region = new MeetingRegion(both, new int[2]);
            pool.Run(ref region, 2);
        }
    }

    [Fact]
    public void Workers_can_be_tied_to_processors()
    {
        using var pool = new WorkerPool(3, new WorkerPoolOptions { PinWorkers = true });
        var region = new CountingRegion(new int[9], new int[3]);
        pool.Run(ref region, 9);
        Assert.All(region.Hits, hit => Assert.Equal(1, hit));
    }

    [Theory]
    [MemberData(nameof(ThreadCounts))]
    public void A_disposed_pool_has_stopped_and_refuses(int threads)
    {
        for (var i = 0; i < 20; i++)
        {
            var pool = new WorkerPool(threads, new WorkerPoolOptions { SpinTurns = i * 20 });
            var region = new CountingRegion(new int[4], new int[threads]);
            if (i % 2 == 0)
                pool.Run(ref region, 4);
            pool.Dispose();
            pool.Dispose();
            Assert.Throws<ObjectDisposedException>(() => pool.Run(ref region, 4));
            Assert.Throws<ObjectDisposedException>(() => pool.Run(ref region, 1));
        }
    }

    [Fact]
    public void A_region_cannot_dispose_its_pool()
    {
        using var pool = new WorkerPool(2);
        var region = new DisposingRegion(pool);
        Assert.Throws<InvalidOperationException>(() => pool.Run(ref region, 4));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(WorkerPool.MaxThreads + 1));
        using var pool = new WorkerPool(2);
        var region = default(AlwaysFailingRegion);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Run(ref region, -1));
    }

    private readonly struct CountingRegion(int[] hits, int[] byWorker) : IParallelRegion
    {
        public int[] Hits => hits;

        public int[] ByWorker => byWorker;

        public void Run(int chunk, int worker)
        {
            Interlocked.Increment(ref hits[chunk]);

            // Not atomic on purpose: a worker number belongs to one thread at a time.
            byWorker[worker]++;
        }
    }

    private readonly struct FillRegion(long[] target, long value) : IParallelRegion
    {
        public long[] Target => target;

        public void Run(int chunk, int worker)
        {
            var range = ChunkRange.Of(target.Length, chunk, 8);
            target.AsSpan(range.Start, range.Length).Fill(value);
        }
    }

    private readonly struct FailingRegion(int bad) : IParallelRegion
    {
        public void Run(int chunk, int worker)
        {
            if (chunk == bad)
                throw new InvalidDataException($"chunk {chunk}");
        }
    }

    private readonly struct AlwaysFailingRegion : IParallelRegion
    {
        public void Run(int chunk, int worker) => throw new InvalidDataException("always");
    }

    private readonly struct NestingRegion(WorkerPool pool, WorkerPool other, ConcurrentQueue<NestedCall> calls) : IParallelRegion
    {
        public ConcurrentQueue<NestedCall> Calls => calls;

        public void Run(int chunk, int worker)
        {
            var inner = new InnerRegion(Environment.CurrentManagedThreadId, worker, worker, calls);
            pool.Run(ref inner, 4);
            var foreign = new InnerRegion(Environment.CurrentManagedThreadId, 0, 0, calls);
            other.Run(ref foreign, 4);
        }
    }

    private readonly record struct NestedCall(int Thread, int Worker, int InnerThread, int InnerWorker);

    private readonly struct InnerRegion(int thread, int outer, int expected, ConcurrentQueue<NestedCall> calls) : IParallelRegion
    {
        public void Run(int chunk, int worker)
        {
            Assert.Equal(expected, worker);
            calls.Enqueue(new NestedCall(thread, outer, Environment.CurrentManagedThreadId, worker));
        }
    }

    private struct CollectingRegion(string text, int[] lengths) : IParallelRegion
    {
        private string copy = "";

        public readonly int[] Lengths => lengths;

        public void Run(int chunk, int worker)
        {
            copy = new string(text);
            if (chunk % 3 == 1)
                GC.Collect(0);
            lengths[chunk] = copy.Length;
        }
    }

    private readonly struct MeetingRegion(Barrier all, int[] workers) : IParallelRegion
    {
        public int[] Workers => workers;

        public void Run(int chunk, int worker)
        {
            workers[chunk] = worker;
            all.SignalAndWait();
        }
    }

    private readonly struct LonelyRegion(int[] inside, int[] overlaps, int caller) : IParallelRegion
    {
        public void Run(int chunk, int worker)
        {
            Interlocked.Increment(ref inside[caller]);
            for (var other = 0; other < inside.Length; other++)
            {
                Thread.Yield();
                if (other != caller && Volatile.Read(ref inside[other]) != 0)
                    Interlocked.Increment(ref overlaps[caller]);
            }

            Interlocked.Decrement(ref inside[caller]);
        }
    }

    private readonly struct DisposingRegion(WorkerPool pool) : IParallelRegion
    {
        public void Run(int chunk, int worker) => pool.Dispose();
    }
}
