using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Probing;

/// <summary>
/// Measures how fast the workers together read memory: the ceiling of generation, which reads all weights for each token.
/// </summary>
public sealed unsafe class MemoryProbe : IDisposable
{
    private const long SmallestBuffer = 64L << 20;
    private const long LargestBuffer = 1L << 30;
    private const int ChunkBytes = 1 << 20;

    private readonly WorkerPool pool;
    private readonly AlignedBuffer buffer;
    private readonly ulong[] sums;

    /// <summary>Makes a buffer of <see cref="BufferBytes"/>, which its readers fill, so that each part is beside the core that reads it.</summary>
    /// <param name="pool">The workers.</param>
    /// <exception cref="InsufficientMemoryException">The system has not <see cref="BufferBytes"/> to give.</exception>
    public MemoryProbe(WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        this.pool = pool;
        buffer = new AlignedBuffer(BufferBytes, hugePages: true, zeroed: false);
        sums = new ulong[buffer.Length / ChunkBytes];
        var fill = new Fill(buffer.Pointer);
        pool.Run(ref fill, sums.Length);
    }

    /// <summary>
    /// Bytes that one measurement reads: four times the last-level cache, so that little is found there, within 64 MiB and 1 GiB.
    /// </summary>
    public static long BufferBytes
        => Math.Clamp(4 * ProcessorTopology.LastLevelCacheBytes, SmallestBuffer, LargestBuffer) / ChunkBytes * ChunkBytes;

    /// <summary>Reads the buffer front to back several times.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="repetitions">How often; the fastest counts.</param>
    /// <returns>Bytes per second.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repetitions"/> is below 1.</exception>
    /// <exception cref="InsufficientMemoryException">The system has not <see cref="BufferBytes"/> to give.</exception>
    public static double ReadBandwidth(WorkerPool pool, int repetitions = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        using var probe = new MemoryProbe(pool);
        var fastest = TimeSpan.MaxValue;
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            var time = probe.Read();
            fastest = time < fastest ? time : fastest;
        }

        return BufferBytes / fastest.TotalSeconds;
    }

    /// <summary>Reads the buffer front to back.</summary>
    /// <returns>The time it took, at least a tick.</returns>
    public TimeSpan Read()
    {
        long start = Stopwatch.GetTimestamp();
        var read = new Reading(buffer.Pointer, sums);
        pool.Run(ref read, sums.Length);
        var time = Stopwatch.GetElapsedTime(start);
        return time > TimeSpan.Zero ? time : TimeSpan.FromTicks(1);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => buffer.Dispose();

    private readonly struct Fill(byte* start) : IParallelRegion
    {
        private readonly byte* start = start;

        public void Run(int chunk, int worker) => NativeMemory.Fill(start + ((long)chunk * ChunkBytes), ChunkBytes, (byte)chunk);
    }

    /// <summary>Adds up a chunk with four loads in flight; the sums are kept so that the loads are not optimised away.</summary>
    private readonly struct Reading(byte* start, ulong[] sums) : IParallelRegion
    {
        private readonly byte* start = start;

        public void Run(int chunk, int worker)
        {
            var next = (ulong*)(start + ((long)chunk * ChunkBytes));
            var end = next + (ChunkBytes / sizeof(ulong));
            var sum0 = Vector<ulong>.Zero;
            var sum1 = Vector<ulong>.Zero;
            var sum2 = Vector<ulong>.Zero;
            var sum3 = Vector<ulong>.Zero;
            for (; next < end; next += 4 * Vector<ulong>.Count)
            {
                sum0 += Vector.Load(next);
                sum1 += Vector.Load(next + Vector<ulong>.Count);
                sum2 += Vector.Load(next + (2 * Vector<ulong>.Count));
                sum3 += Vector.Load(next + (3 * Vector<ulong>.Count));
            }

            sums[chunk] = Vector.Sum(sum0 + sum1 + (sum2 + sum3));
        }
    }
}
