using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Hearth.Kernels.Threading;

/// <summary>
/// Persistent threads that share the chunks of parallel regions with the calling thread: fork and join in about 0.2 us while
/// the workers spin, without a task, a lock, a delegate or an allocation.
/// </summary>
/// <remarks>
/// <para>
/// The protocol is one counter of unclaimed chunks. Whoever decrements it to zero or more has claimed a chunk, and a region
/// cannot end before each claimed chunk is counted as completed; so everything that describes the region is read after the
/// claim, and a worker that comes late finds nothing to claim and touches nothing. The caller therefore waits only for chunks
/// that have been begun, never for a worker that has yet to wake: with five threads on two processors an empty region still takes
/// 0.1 us, with the processors taken by other programs as well.
/// </para>
/// <para>
/// The region struct stays where the caller keeps it, and workers reach it by address. It may hold managed references: on the
/// caller's stack it cannot move, and its references are reported to the garbage collector as long as the call lasts; inside a
/// heap object it is pinned for the call.
/// </para>
/// <para>
/// Safe for several callers: regions of different threads run one after another, in the order of their arrival. A region
/// started within a region, on any pool, runs on the thread that starts it. The pool lives until <see cref="Dispose"/>.
/// </para>
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>The most threads a pool can have.</summary>
    public const int MaxThreads = 1024;

    /// <summary>0.5 ms: longer than the serial parts between two regions of a forward pass, shorter than a pause of the user.</summary>
    private const int DefaultSpinTurns = 20_000;

    /// <summary>Where threads outnumber processors, a turn beyond the first few hands the processor on, so few are enough.</summary>
    private const int OversubscribedSpinTurns = 200;

    private const int OversubscribedTurnsBeforeYield = 10;

    /// <summary>A caller that has waited 50 us waits for a thread that was put aside, and offers its own processor.</summary>
    private const int CallerTurnsBeforeYield = 2_000;

    /// <summary>The pool whose region this thread is inside, and as which worker.</summary>
    [ThreadStatic]
    private static WorkerPool? current;

    [ThreadStatic]
    private static int currentWorker;

    private readonly Thread[] workers;
    private readonly SemaphoreSlim wake = new(0);
    private readonly int spinTurns;
    private readonly bool oversubscribed;
    private SharedState shared;
    private ExceptionDispatchInfo? failure;
    private int disposed;
    private volatile bool stopping;

    /// <summary>Starts the workers.</summary>
    /// <param name="threads">Threads that compute, the caller included: 1 makes a pool without workers.</param>
    /// <param name="options">How to wait and where to run; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is not within 1 and <see cref="MaxThreads"/>.</exception>
    public WorkerPool(int threads, WorkerPoolOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, MaxThreads);
        options ??= new WorkerPoolOptions();
        oversubscribed = threads > Environment.ProcessorCount;
        spinTurns = options.SpinTurns ?? (oversubscribed ? OversubscribedSpinTurns : DefaultSpinTurns);
        Threads = threads;
        workers = new Thread[threads - 1];
        for (var i = 0; i < workers.Length; i++)
        {
            var worker = i + 1;
            workers[i] = new Thread(() => Work(worker, options)) { IsBackground = true, Name = $"Hearth worker {worker}" };
            workers[i].Start();
        }
    }

    /// <summary>Threads that compute, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="region"/> once for every chunk and returns when all are done.</summary>
    /// <param name="region">The work; see <see cref="IParallelRegion"/>. Read in place, by several threads.</param>
    /// <param name="chunks">
    /// Number of chunks; 0 does nothing, 1 runs on the caller. A few per thread even out unequal speeds.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chunks"/> is negative.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    /// <remarks>
    /// An exception in a chunk is rethrown here once no thread is in the region any more; chunks not begun by then are dropped.
    /// Of several exceptions the first is kept.
    /// </remarks>
    public void Run<TRegion>(ref TRegion region, int chunks)
        where TRegion : struct, IParallelRegion
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        ObjectDisposedException.ThrowIf(stopping, this);
        if (chunks <= 1 || Threads == 1 || current != null)
        {
            var worker = current == this ? currentWorker : 0;
            for (var chunk = 0; chunk < chunks; chunk++)
                region.Run(chunk, worker);
            return;
        }

        fixed (byte* pinned = &Unsafe.As<TRegion, byte>(ref region))
            Fork(pinned, &Drain<TRegion>, chunks);
    }

    /// <summary>Waits for a running region to end, stops the workers and joins them. A second call does nothing.</summary>
    /// <exception cref="InvalidOperationException">Called from within a region of this pool, which would wait for itself.</exception>
    public void Dispose()
    {
        if (current == this)
            throw new InvalidOperationException("A worker pool cannot be disposed from within one of its regions.");
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;

        var ticket = EnterGate();
        stopping = true;
        Interlocked.Exchange(ref shared.Unclaimed, long.MaxValue);
        WakeParked(int.MaxValue);
        LeaveGate(ticket);
        foreach (var worker in workers)
            worker.Join();
        wake.Dispose();
    }

    /// <summary>Runs claimed chunks until none is left.</summary>
    /// <param name="region">The region. By reference, not by address: the compiler then writes references into it with a barrier.</param>
    /// <param name="unclaimed">The counter to claim from.</param>
    /// <param name="last">Number of the last chunk; chunks are handed out in rising order while the counter falls.</param>
    /// <param name="claim">What the first claim left on the counter.</param>
    /// <param name="worker">This thread's number.</param>
    /// <param name="completed">Counts the chunks that are done, also when the next one throws.</param>
    private static void Drain<TRegion>(ref byte region, ref long unclaimed, int last, long claim, int worker, ref int completed)
        where TRegion : struct, IParallelRegion
    {
        ref var body = ref Unsafe.As<byte, TRegion>(ref region);
        do
        {
            body.Run(last - (int)claim, worker);
            completed++;
            claim = Interlocked.Decrement(ref unclaimed);
        }
        while (claim >= 0);
    }

    private void Fork(byte* region, delegate*<ref byte, ref long, int, long, int, ref int, void> drain, int chunks)
    {
        var ticket = EnterGate();
        if (stopping)
        {
            LeaveGate(ticket);
            ObjectDisposedException.ThrowIf(true, this);
        }

        shared.Region = region;
        shared.Drain = drain;
        shared.LastChunk = chunks - 1;
        shared.Completed = 0;

        // Publishes the lines above, and orders itself before the look at the parked count; Park does the reverse.
        Interlocked.Exchange(ref shared.Unclaimed, chunks);
        if (Volatile.Read(ref shared.Parked) > 0)
            WakeParked(chunks - 1);

        current = this;
        currentWorker = 0;
        var completed = RunClaimed(Interlocked.Decrement(ref shared.Unclaimed), worker: 0);
        current = null;

        for (var turn = 0; Volatile.Read(ref shared.Completed) + completed != chunks; turn++)
            Idle(turn, CallerTurnsBeforeYield);

        var failed = failure;
        failure = null;
        LeaveGate(ticket);
        failed?.Throw();
    }

    /// <summary>Computes what was claimed and whatever else can be.</summary>
    /// <returns>The chunks completed, those included that a failure dropped.</returns>
    private int RunClaimed(long claim, int worker)
    {
        var completed = 0;
        if (claim < 0)
            return completed;
        try
        {
            shared.Drain(ref *shared.Region, ref shared.Unclaimed, shared.LastChunk, claim, worker, ref completed);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            var dropped = Interlocked.Exchange(ref shared.Unclaimed, 0);
            completed += 1 + (int)Math.Max(dropped, 0);
        }

        return completed;
    }

    private void Work(int worker, WorkerPoolOptions options)
    {
        if (options.PinWorkers)
            ThreadAffinity.Pin(worker);
        current = this;
        currentWorker = worker;
        while (true)
        {
            WaitForChunks();
            var claim = Interlocked.Decrement(ref shared.Unclaimed);
            if (claim < 0)
                continue;
            if (stopping)
                return;
            Interlocked.Add(ref shared.Completed, RunClaimed(claim, worker));
        }
    }

    private void WaitForChunks()
    {
        for (var turn = 0; Volatile.Read(ref shared.Unclaimed) <= 0; turn++)
        {
            if (turn < spinTurns)
            {
                Idle(turn, turnsBeforeYield: int.MaxValue);
                continue;
            }

            Park();
            turn = 0;
        }
    }

    private void Park()
    {
        // A full fence: either this thread sees the chunks that a caller has just published, or that caller sees it parked.
        Interlocked.Increment(ref shared.Parked);
        if (Volatile.Read(ref shared.Unclaimed) > 0 && TakeParked(1) == 1)
            return;

        // Each unit taken off the parked count by a caller is one release of the semaphore, so one wait belongs to each increment.
        wake.Wait();
    }

    private void WakeParked(int most)
    {
        var woken = TakeParked(most);
        if (woken > 0)
            wake.Release(woken);
    }

    private int TakeParked(int most)
    {
        while (true)
        {
            var parked = Volatile.Read(ref shared.Parked);
            var taken = Math.Min(parked, most);
            if (taken == 0 || Interlocked.CompareExchange(ref shared.Parked, parked - taken, parked) == parked)
                return taken;
        }
    }

    private long EnterGate()
    {
        var ticket = Interlocked.Increment(ref shared.LastTicket) - 1;
        for (var turn = 0; Volatile.Read(ref shared.Serving) != ticket; turn++)
            Idle(turn, CallerTurnsBeforeYield);
        return ticket;
    }

    private void LeaveGate(long ticket) => Volatile.Write(ref shared.Serving, ticket + 1);

    private void Idle(int turn, int turnsBeforeYield)
    {
        if (turn < (oversubscribed ? OversubscribedTurnsBeforeYield : turnsBeforeYield))
            Thread.SpinWait(1);
        else
            Thread.Yield();
    }

    /// <summary>
    /// What threads share, by who writes when. 128 bytes apart: two cache lines of x86, which fetches them in pairs, and one of
    /// Apple's. The description of the region lies beside the counter because it is read by whoever has just claimed.
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = 5 * 128)]
    private struct SharedState
    {
        /// <summary>Chunks nobody has claimed; at most 0 between regions. Idle workers watch it.</summary>
        [FieldOffset(128)]
        public long Unclaimed;

        [FieldOffset(136)]
        public byte* Region;

        [FieldOffset(144)]
        public delegate*<ref byte, ref long, int, long, int, ref int, void> Drain;

        [FieldOffset(152)]
        public int LastChunk;

        /// <summary>Chunks that workers have completed, added up when a worker leaves; the caller counts its own.</summary>
        [FieldOffset(256)]
        public int Completed;

        [FieldOffset(384)]
        public int Parked;

        [FieldOffset(512)]
        public long LastTicket;

        [FieldOffset(520)]
        public long Serving;
    }
}
