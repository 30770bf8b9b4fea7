using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Matrix products over all workers. Threads share out panels, never columns, so an output is summed by one thread in one order
/// whatever their number.
/// </summary>
public static unsafe class MatMul
{
    // Several pieces per worker even out cores of different speed; in decode each piece is one contiguous stream.
    private const int ChunksPerWorker = 4;

    /// <summary>Packs activations, tiles in parallel.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="kernels">The rung's kernels.</param>
    /// <param name="layout">The form.</param>
    /// <param name="source">[tokens, columns] floats.</param>
    /// <param name="stride">Floats from one token's row to the next.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="destination"><see cref="KernelSet.ActivationBytes"/> bytes.</param>
    public static void Pack(
        WorkerPool pool,
        KernelSet kernels,
        ActivationLayout layout,
        float* source,
        nint stride,
        int tokens,
        int columns,
        byte* destination)
    {
        int tiles = new TokenTiles(tokens, layout.TileTokens).Count;
        int chunks = Math.Min(tiles, ChunksPerWorker * pool.Threads);
        var region = new PackRegion(kernels, layout, source, stride, tokens, columns, destination, tiles, chunks);
        pool.Run(ref region, chunks);
    }

    /// <summary>Computes up to four products of the same tokens as one region.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="jobs">One to four products.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or more than four.</exception>
    public static void Run(WorkerPool pool, int tokens, params ReadOnlySpan<MatMulJob> jobs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs.Length, 1, nameof(jobs));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(jobs.Length, 4, nameof(jobs));
        int panels = 0;
        foreach (ref readonly var job in jobs)
            panels = checked(panels + job.Weights.PanelCount);
        int chunks = Math.Min(panels, pool.Threads == 1 ? 1 : ChunksPerWorker * pool.Threads);
        var region = new MultiplyRegion(jobs, tokens, panels, chunks);
        pool.Run(ref region, chunks);
    }

    private readonly struct PackRegion(
        KernelSet kernels,
        ActivationLayout layout,
        float* source,
        nint stride,
        int tokens,
        int columns,
        byte* destination,
        int tiles,
        int chunks) : IParallelRegion
    {
        private readonly float* source = source;
        private readonly byte* destination = destination;

        public void Run(int chunk, int worker)
        {
            var range = ChunkRange.Of(tiles, chunk, chunks);
            kernels.PackActivations(layout, source, stride, tokens, columns, destination, range.Start, range.End);
        }
    }

    private readonly struct MultiplyRegion : IParallelRegion
    {
        private readonly MatMulJob first;
        private readonly MatMulJob second;
        private readonly MatMulJob third;
        private readonly MatMulJob fourth;
        private readonly int tokens;
        private readonly int panels;
        private readonly int chunks;

        public MultiplyRegion(ReadOnlySpan<MatMulJob> jobs, int tokens, int panels, int chunks)
        {
            first = jobs[0];
            second = jobs.Length > 1 ? jobs[1] : default;
            third = jobs.Length > 2 ? jobs[2] : default;
            fourth = jobs.Length > 3 ? jobs[3] : default;
            this.tokens = tokens;
            this.panels = panels;
            this.chunks = chunks;
        }

        public void Run(int chunk, int worker)
        {
            var range = ChunkRange.Of(panels, chunk, chunks);
            int start = 0;
            start = Share(first, range, start);
            start = Share(second, range, start);
            start = Share(third, range, start);
            Share(fourth, range, start);
        }

        private int Share(in MatMulJob job, ChunkRange range, int start)
        {
            if (job.Weights is not { } weights)
                return start;
            int from = Math.Max(range.Start - start, 0);
            int to = Math.Min(range.End - start, weights.PanelCount);
            if (from < to)
            {
                weights.Kernel.Multiply(
                    weights.Panel(from),
                    to - from,
                    weights.Columns,
                    job.Source,
                    tokens,
                    job.Outputs + ((nint)PackedMatrix.PanelRows * from),
                    job.Stride);
            }

            return start + weights.PanelCount;
        }
    }
}
