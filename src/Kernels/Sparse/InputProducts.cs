using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// Products with matrices that lie input by input, over all workers. Each worker owns a slice of the outputs and goes through the inputs in ascending order, so
/// neither their number nor the choice between the two products changes a bit.
/// </summary>
public static unsafe class InputProducts
{
    // Dense products have as many pieces as even out the workers.
    private const int ChunksPerWorker = 4;

    /// <summary>Bytes of scratch memory for either product.</summary>
    public static long ScratchBytes(WorkerPool pool, InputMatrix weights)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(weights);
        return pool.Threads * WorkerBytes(weights);
    }

    /// <summary>y = the sum of factors[i] x row rows[i]: inputs that are zero are left out by the caller, and not read.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="weights">The matrix.</param>
    /// <param name="rows">Inputs in ascending order.</param>
    /// <param name="factors">Their values.</param>
    /// <param name="count">How many; none is allowed.</param>
    /// <param name="y">One token's outputs, with room up to a multiple of sixteen.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes, aligned to cache lines.</param>
    public static void AddChosen(WorkerPool pool, InputMatrix weights, int* rows, float* factors, int count, float* y, byte* scratch)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(weights);
        int padded = InputKernel.Pad(weights.Outputs);
        int chunks = Math.Min(pool.Threads, (padded + weights.Kernel.Granule - 1) / weights.Kernel.Granule);
        var region = new ChosenRegion(weights, rows, factors, count, y, scratch, chunks);
        pool.Run(ref region, chunks);
    }

    /// <summary>y[t] = all inputs of token t x all rows: the bytes of <see cref="AddChosen"/> for many tokens at once.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="weights">The matrix.</param>
    /// <param name="activations">Packed as the kernel's <see cref="InputKernel.Activations"/>.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="y">The first token's outputs; each has room up to a multiple of sixteen.</param>
    /// <param name="stride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes, aligned to cache lines.</param>
    public static void MultiplyAll(WorkerPool pool, InputMatrix weights, byte* activations, int tokens, float* y, nint stride, byte* scratch)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(weights);
        int steps = InputKernel.Pad(weights.Outputs) / InputKernel.StepColumns;
        int chunks = Math.Min(steps, pool.Threads == 1 ? 1 : ChunksPerWorker * pool.Threads);
        var region = new AllRegion(weights, activations, tokens, y, stride, scratch, chunks);
        pool.Run(ref region, chunks);
    }

    private static long WorkerBytes(InputMatrix weights)
        => Math.Max(InputKernel.PanelScratchBytes, (long)InputKernel.Pad(weights.Outputs) * sizeof(float));

    private readonly struct ChosenRegion(InputMatrix weights, int* rows, float* factors, int count, float* y, byte* scratch, int chunks)
        : IParallelRegion
    {
        private readonly int* rows = rows;
        private readonly float* factors = factors;
        private readonly float* y = y;
        private readonly byte* scratch = scratch;

        public void Run(int chunk, int worker)
        {
            var range = ChunkRange.Of(InputKernel.Pad(weights.Outputs), chunk, chunks, weights.Kernel.Granule);
            if (range.Length == 0)
                return;
            float* sums = (float*)(scratch + (worker * WorkerBytes(weights)));
            new Span<float>(sums, range.Length).Clear();
            weights.Kernel.Add(weights.Pointer, weights.Outputs, rows, factors, count, range.Start, range.Length, sums);
            int outputs = (weights.Outputs + (PackedMatrix.PanelRows - 1)) / PackedMatrix.PanelRows * PackedMatrix.PanelRows;
            weights.Kernel.AddZero(sums, Math.Min(range.End, outputs) - range.Start, y + range.Start);
        }
    }

    private readonly struct AllRegion(InputMatrix weights, byte* activations, int tokens, float* y, nint stride, byte* scratch, int chunks)
        : IParallelRegion
    {
        private readonly byte* activations = activations;
        private readonly float* y = y;
        private readonly byte* scratch = scratch;

        public void Run(int chunk, int worker)
        {
            var steps = ChunkRange.Of(InputKernel.Pad(weights.Outputs) / InputKernel.StepColumns, chunk, chunks);
            for (int step = steps.Start; step < steps.End; step++)
            {
                int start = step * InputKernel.StepColumns;
                weights.Kernel.MultiplyAll(
                    weights.Pointer,
                    weights.Outputs,
                    weights.Inputs,
                    start,
                    activations,
                    tokens,
                    y + start,
                    stride,
                    scratch + (worker * WorkerBytes(weights)));
            }
        }
    }
}
