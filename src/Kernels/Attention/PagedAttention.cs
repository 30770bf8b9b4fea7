using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Attention;

/// <summary>
/// Attention over pages of the cache, with all workers. Results do not depend on the number of workers, on how tokens are spread
/// over calls, or on where pages lie: a row's keys are taken in pieces of 256 positions, counted from position 0, which merge in
/// ascending order whether one worker computes them or several.
/// </summary>
public static unsafe class PagedAttention
{
    /// <summary>Scratch memory that <see cref="Run"/> wants for tasks of one shape. With less for pieces it still runs, on fewer workers.</summary>
    /// <param name="threads">Workers of the pool.</param>
    /// <param name="tasks">Tasks of a call.</param>
    /// <param name="shape">Layout of a head in a page.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="keyCount">The most keys of a task.</param>
    public static long ScratchBytes(int threads, int tasks, in KvHeadShape shape, int heads, int keyCount)
        => FixedBytes(threads, tasks, shape) + (threads > 1 ? sizeof(float) * AttentionPlan.StateFloats(shape, heads, keyCount) : 0);

    /// <summary>Computes the outputs of all tasks.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="kernels">The rung's kernels.</param>
    /// <param name="tasks">The tasks, all of one shape; their pages hold the keys and values of their own tokens already.</param>
    /// <param name="scratch">64-byte aligned memory, content undefined.</param>
    /// <param name="scratchBytes">Its length, see <see cref="ScratchBytes"/>.</param>
    /// <exception cref="ArgumentException">The scratch memory is too small for the workers and tasks alone.</exception>
    public static void Run(WorkerPool pool, KernelSet kernels, ReadOnlySpan<AttentionTask> tasks, byte* scratch, long scratchBytes)
    {
        if (tasks.IsEmpty)
            return;
        long fixedBytes = FixedBytes(pool.Threads, tasks.Length, tasks[0].Shape);
        if (scratchBytes < fixedBytes)
            ThrowTooSmall(scratchBytes, fixedBytes);

        long workerBytes = WorkerBytes(tasks[0].Shape);
        var plans = (AttentionPlan.TaskPlan*)(scratch + (pool.Threads * workerBytes));
        fixed (AttentionTask* first = tasks)
        {
            var states = (float*)(scratch + fixedBytes);
            var plan = new AttentionPlan(pool.Threads, first, tasks.Length, plans, states, (scratchBytes - fixedBytes) / sizeof(float));
            var attend = new AttendRegion(kernels.Attention, plan, scratch, workerBytes);
            pool.Run(ref attend, plan.Chunks);
            if (plan.Merges > 0)
            {
                var merge = new MergeRegion(kernels.Attention, plan);
                pool.Run(ref merge, plan.Merges);
            }
        }
    }

    private static long FixedBytes(int threads, int tasks, in KvHeadShape shape)
        => (threads * WorkerBytes(shape)) + RoundUp((long)tasks * sizeof(AttentionPlan.TaskPlan));

    private static long WorkerBytes(in KvHeadShape shape) => RoundUp(TileWorkspace.Bytes(shape));

    private static long RoundUp(long bytes) => (bytes + (AlignedBuffer.Alignment - 1)) & -AlignedBuffer.Alignment;

    private static void ThrowTooSmall(long bytes, long needed) => throw new ArgumentException(
        FormattableString.Invariant($"{bytes} bytes of scratch memory are not enough for the workers and tasks, which take {needed}."));

    private readonly struct AttendRegion(AttentionKernels kernels, AttentionPlan plan, byte* scratch, long workerBytes) : IParallelRegion
    {
        private readonly byte* scratch = scratch;

        public void Run(int chunk, int worker) => plan.Attend(kernels, chunk, scratch + (worker * workerBytes));
    }

    private readonly struct MergeRegion(AttentionKernels kernels, AttentionPlan plan) : IParallelRegion
    {
        public void Run(int chunk, int worker) => plan.Merge(kernels, chunk);
    }
}
