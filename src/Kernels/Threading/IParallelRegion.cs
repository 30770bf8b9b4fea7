namespace Hearth.Kernels.Threading;

/// <summary>
/// The work between a fork and its join, as a struct on the caller's stack: its fields are the operands, and
/// <see cref="WorkerPool.Run"/> calls it once for every chunk.
/// </summary>
/// <remarks>
/// Several threads call <see cref="Run"/> on the same struct at the same time, so it must not change its own fields. Chunks may
/// run in any order, several on one thread, or all on the caller: a chunk must never wait for another one.
/// </remarks>
public interface IParallelRegion
{
    /// <summary>Computes one chunk.</summary>
    /// <param name="chunk">0 to chunks - 1; each comes exactly once.</param>
    /// <param name="worker">
    /// 0 to <see cref="WorkerPool.Threads"/> - 1: an index into scratch memory. No two threads carry the same one in a region at a time.
    /// </param>
    void Run(int chunk, int worker);
}
