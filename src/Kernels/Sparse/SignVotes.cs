using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// Votes on the signs of products: each column votes with the sign of weight times input (SparseInfer; Shin et al. 2024). A row is chosen unless too many of
/// its columns vote for a negative sum. Counts are integers, so neither threads nor rungs change the choice.
/// </summary>
public static unsafe class SignVotes
{
    // Panels whose counts are taken together, so that the call costs nothing beside them; a chunk of the set is whole words of 64 neurons.
    private const int PanelsAtOnce = 4;
    private const int ChunksPerWorker = 4;

    // Less than that is not worth a fork.
    private const long BytesPerChunk = 1 << 15;

    /// <summary>Bytes of scratch memory for one input.</summary>
    public static long ScratchBytes(SignPlane plane)
    {
        ArgumentNullException.ThrowIfNull(plane);
        return (long)plane.Lines * SignKernel.InputLineBytes;
    }

    /// <summary>The most negative votes with which a row is still chosen: half of the columns and z standard deviations of as many coins.</summary>
    /// <param name="columns">Votes.</param>
    /// <param name="z">Standard deviations; infinity to choose every row.</param>
    public static int Limit(int columns, double z) => (int)Math.Clamp(Math.Floor((columns + (z * Math.Sqrt(columns))) / 2), -1, columns);

    /// <summary>Chooses rows.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="kernel">The rung's kernel.</param>
    /// <param name="plane">The signs of the weights.</param>
    /// <param name="x">One token's input.</param>
    /// <param name="limit">The most negative votes of a row that is chosen.</param>
    /// <param name="chosen">Receives a bit for each row, in whole words of 64.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes, aligned to cache lines.</param>
    public static void Choose(WorkerPool pool, SignKernel kernel, SignPlane plane, float* x, int limit, ulong* chosen, byte* scratch)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(plane);
        int negative = PackInput(plane, x, scratch);
        int chunks = ChunksOf(pool, plane);
        var region = new ChoiceRegion(kernel, plane, scratch, negative, limit, chosen, chunks);
        pool.Run(ref region, chunks);
    }

    /// <summary>Counts each row's negative votes.</summary>
    /// <param name="pool">The workers.</param>
    /// <param name="kernel">The rung's kernel.</param>
    /// <param name="plane">The signs of the weights.</param>
    /// <param name="x">One token's input.</param>
    /// <param name="votes">Receives as many numbers as rows, with room for whole panels.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes, aligned to cache lines.</param>
    public static void Count(WorkerPool pool, SignKernel kernel, SignPlane plane, float* x, int* votes, byte* scratch)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(plane);
        int negative = PackInput(plane, x, scratch);
        int chunks = ChunksOf(pool, plane);
        var region = new CountRegion(kernel, plane, scratch, negative, votes, chunks);
        pool.Run(ref region, chunks);
    }

    private static int ChunksOf(WorkerPool pool, SignPlane plane)
        => (int)Math.Clamp(plane.Bytes / BytesPerChunk, 1, pool.Threads == 1 ? 1 : ChunksPerWorker * pool.Threads);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int PackInput(SignPlane plane, float* x, byte* lines)
    {
        int negative = 0;
        for (int line = 0; line < plane.Lines; line++, x += SignPlane.LineColumns)
        {
            int columns = Math.Min(SignPlane.LineColumns, plane.Columns - (line * SignPlane.LineColumns));
            uint signs = columns == SignPlane.LineColumns && NoneIsZero(x)
                ? SignBits(x)
                : SignPlane.SignsOf(new ReadOnlySpan<float>(x, columns), SignPlane.Lot(0, line));
            Vector128.Create(signs).Store((uint*)(lines + (line * SignKernel.InputLineBytes)));
            negative += BitOperations.PopCount(signs);
        }

        return negative;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool NoneIsZero(float* x)
        => !(Vector256.EqualsAny(Vector256.Load(x), Vector256<float>.Zero)
            || Vector256.EqualsAny(Vector256.Load(x + 8), Vector256<float>.Zero)
            || Vector256.EqualsAny(Vector256.Load(x + 16), Vector256<float>.Zero)
            || Vector256.EqualsAny(Vector256.Load(x + 24), Vector256<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SignBits(float* x) => Negative(x) | (Negative(x + 8) << 8) | (Negative(x + 16) << 16) | (Negative(x + 24) << 24);

    // Not the sign bit, which what is not a number may have too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Negative(float* x) => Vector256.LessThan(Vector256.Load(x), Vector256<float>.Zero).ExtractMostSignificantBits();

    private readonly struct ChoiceRegion(SignKernel kernel, SignPlane plane, byte* input, int negative, int limit, ulong* chosen, int chunks)
        : IParallelRegion
    {
        private readonly byte* input = input;
        private readonly ulong* chosen = chosen;

        [SkipLocalsInit]
        public void Run(int chunk, int worker)
        {
            int* votes = stackalloc int[PanelsAtOnce * PackedMatrix.PanelRows];
            var range = ChunkRange.Of(plane.Panels, chunk, chunks, PanelsAtOnce);
            for (int panel = range.Start; panel < range.End; panel += PanelsAtOnce)
            {
                int panels = Math.Min(PanelsAtOnce, range.End - panel);
                int row = panel * PackedMatrix.PanelRows;
                CountVotes(kernel, plane, input, negative, panel, panels, votes);
                ulong bits = 0;
                for (int i = 0; i < panels * PackedMatrix.PanelRows; i += Vector256<int>.Count)
                    bits |= (ulong)Vector256.LessThanOrEqual(Vector256.Load(votes + i), Vector256.Create(limit)).ExtractMostSignificantBits() << i;
                int rows = plane.Rows - row;
                chosen[panel / PanelsAtOnce] = rows < 64 ? bits & ((1ul << rows) - 1) : bits;
            }
        }
    }

    private readonly struct CountRegion(SignKernel kernel, SignPlane plane, byte* input, int negative, int* votes, int chunks) : IParallelRegion
    {
        private readonly byte* input = input;
        private readonly int* votes = votes;

        public void Run(int chunk, int worker)
        {
            var range = ChunkRange.Of(plane.Panels, chunk, chunks);
            CountVotes(kernel, plane, input, negative, range.Start, range.Length, votes + (range.Start * PackedMatrix.PanelRows));
        }
    }

    /// <summary>Where exactly one of weight and input is negative the vote is: those of the one, and of the other, without twice those of both.</summary>
    private static void CountVotes(SignKernel kernel, SignPlane plane, byte* input, int negative, int panel, int panels, int* votes)
    {
        kernel.Count(plane.Pointer + (panel * plane.PanelBytes), panels, plane.Lines, input, votes);
        int* counts = plane.Counts + (panel * PackedMatrix.PanelRows);
        var all = Vector256.Create(negative);
        for (int i = 0; i < panels * PackedMatrix.PanelRows; i += Vector256<int>.Count)
            (Vector256.Load(counts + i) + all - (Vector256.Load(votes + i) << 1)).Store(votes + i);
    }
}
