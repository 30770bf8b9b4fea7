using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Probing;

/// <summary>
/// Measures how fast the workers together read memory: the ceiling of generation, which reads all weights for each token.
/// </summary>
public static unsafe class MemoryProbe
{
    private const long SmallestBuffer = 64L << 20;
    private const long LargestBuffer = 1L << 30;
    private const int ChunkBytes = 1 << 20;

    /// <summary>
    /// Bytes that one measurement reads: four times the last-level cache, so that little is found there, within 64 MiB and 1 GiB.
    /// </summary>
    public static long BufferBytes
        => Math.Clamp(4 * ProcessorTopology.LastLevelCacheBytes, SmallestBuffer, LargestBuffer) / ChunkBytes * ChunkBytes;

    /// <summary>Reads a buffer front to back, several times.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="repetitions">How often; the fastest counts.</param>
    /// <returns>Bytes per second.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="repetitions"/> is below 1.</exception>
    /// <exception cref="InsufficientMemoryException">The system has not <see cref="BufferBytes"/> to give.</exception>
    public static double ReadBandwidth(WorkerPool pool, int repetitions = 5)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        using var buffer = new AlignedBuffer(BufferBytes, hugePages: true, zeroed: false);
        int chunks = (int)(buffer.Length / ChunkBytes);
        ulong[] sums = new ulong[chunks];

        // Written first, and by the workers, so that every page exists, beside the core that reads it.
        var fill = new Fill(buffer.Pointer);
        pool.Run(ref fill, chunks);
        var read = new Read(buffer.Pointer, sums);
        long fastest = long.MaxValue;
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(ref read, chunks);
            fastest = Math.Min(fastest, Stopwatch.GetTimestamp() - start);
        }

        return buffer.Length * (double)Stopwatch.Frequency / Math.Max(fastest, 1);
    }

    private readonly struct Fill(byte* start) : IParallelRegion
    {
        private readonly byte* start = start;

        public void Run(int chunk, int worker) => NativeMemory.Fill(start + ((long)chunk * ChunkBytes), ChunkBytes, (byte)chunk);
    }

    /// <summary>Adds up a chunk with four loads in flight; the sums are kept so that the loads are not optimised away.</summary>
    private readonly struct Read(byte* start, ulong[] sums) : IParallelRegion
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
