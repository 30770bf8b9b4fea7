using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// Products of chosen rows of a matrix: destination[t][i] = row rows[i] x activations of token t. What is not chosen is not read. Each output has the
/// bytes that the whole product would give it.
/// </summary>
public static unsafe class ChosenRows
{
    // As for whole matrices, but a chunk has to wait for its first rows, and so is not to be short.
    private const int ChunksPerWorker = 4;
    private const int FewestPanels = 8;

    // A single panel of floats does nothing but wait for its additions; see PanelLoop.MultiplyTwo.
    private const int FloatPanels = 2;

    /// <summary>Bytes of scratch memory for <see cref="Multiply"/>.</summary>
    public static long ScratchBytes(WorkerPool pool, RowMatrix weights)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(weights);
        return pool.Threads * Region.WorkerBytes(weights);
    }

    /// <summary>Multiplies.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="weights">The matrix.</param>
    /// <param name="rows">Which rows, each below the matrix's, in any order; ascending ones are read fastest.</param>
    /// <param name="count">How many; none is allowed.</param>
    /// <param name="activations">Packed in the matrix's layout for its columns.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="destination">Outputs of the first token; each token has room for whole panels of <paramref name="count"/> rows.</param>
    /// <param name="stride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes, aligned to cache lines.</param>
    public static void Multiply(
        WorkerPool pool,
        RowMatrix weights,
        int* rows,
        int count,
        byte* activations,
        int tokens,
        float* destination,
        nint stride,
        byte* scratch)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(weights);
        if (count == 0)
            return;
        int panels = (count + (PackedMatrix.PanelRows - 1)) / PackedMatrix.PanelRows;
        int chunks = pool.Threads == 1 ? 1 : Math.Clamp(panels / FewestPanels, Math.Min(panels, pool.Threads), ChunksPerWorker * pool.Threads);
        var region = new Region(weights, rows, count, activations, tokens, destination, stride, scratch, panels, chunks);
        pool.Run(ref region, chunks);
    }

    private readonly struct Region(
        RowMatrix weights,
        int* rows,
        int count,
        byte* activations,
        int tokens,
        float* destination,
        nint stride,
        byte* scratch,
        int panels,
        int chunks) : IParallelRegion
    {
        private readonly int* rows = rows;
        private readonly byte* activations = activations;
        private readonly float* destination = destination;
        private readonly byte* scratch = scratch;

        public static long WorkerBytes(RowMatrix weights) => PanelsAtOnce(weights) * weights.Kernel.PanelBytes(weights.Columns);

        public void Run(int chunk, int worker)
        {
            var kernel = weights.Kernel;
            byte* panel = scratch + (worker * WorkerBytes(weights));
            long panelBytes = kernel.PanelBytes(weights.Columns);
            int atOnce = PanelsAtOnce(weights);
            var range = ChunkRange.Of(panels, chunk, chunks);
            int end = Math.Min(range.End * PackedMatrix.PanelRows, count);
            for (int first = range.Start; first < range.End; first += atOnce)
            {
                int packed = Math.Min(atOnce, range.End - first);
                for (int i = 0; i < packed; i++)
                {
                    int row = (first + i) * PackedMatrix.PanelRows;
                    int here = Math.Min(PackedMatrix.PanelRows, end - row);
                    int next = Math.Min(PackedMatrix.PanelRows, end - row - here);
                    kernel.PackChosen(weights.Pointer, rows + row, here, next, weights.Columns, panel + (i * panelBytes));
                }

                float* outputs = destination + ((nint)PackedMatrix.PanelRows * first);
                kernel.Multiply(panel, packed, weights.Columns, activations, tokens, outputs, stride);
            }
        }

        private static int PanelsAtOnce(RowMatrix weights) => weights.Kernel.Activations.IsFloat ? FloatPanels : 1;
    }
}
