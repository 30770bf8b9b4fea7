using System.Diagnostics;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Probing;

/// <summary>
/// The multiply-adds of a rung alone: a tile's accumulators, one weight register, and activations that are loaded anew for each product as
/// kernels load them. What a kernel reaches of this is what unpacking, scaling and memory leave.
/// </summary>
internal static unsafe class PeakLoop<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private const int Turns = 20_000;
    private const int LinesPerTurn = 8;

    /// <summary>Measures all workers together.</summary>
    /// <returns>Multiply-adds per second.</returns>
    public static double Measure(Arithmetic arithmetic, WorkerPool pool, int repetitions)
        => TRung.TileTokens == 8
            ? Measure<TilePair<Tile4<TRung>, TRung>>(arithmetic, pool, repetitions)
            : Measure<Tile4<TRung>>(arithmetic, pool, repetitions);

    private static double Measure<TTile>(Arithmetic arithmetic, WorkerPool pool, int repetitions)
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var region = new Region<TTile>(arithmetic);
        long fastest = long.MaxValue;
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(ref region, pool.Threads);
            fastest = Math.Min(fastest, Stopwatch.GetTimestamp() - start);
        }

        double perLine = (arithmetic == Arithmetic.Float ? 16.0 : 64.0) * TTile.Tokens;
        return perLine * LinesPerTurn * Turns * pool.Threads * Stopwatch.Frequency / Math.Max(fastest, 1);
    }

    private readonly struct Region<TTile>(Arithmetic arithmetic) : IParallelRegion
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        public void Run(int chunk, int worker)
        {
            const int Bytes = 2048;
            byte* memory = stackalloc byte[Bytes];
            new Span<byte>(memory, Bytes).Fill(1);
            switch (arithmetic)
            {
                case Arithmetic.NarrowDot:
                    Narrow<TTile>(memory);
                    break;
                case Arithmetic.WideDot when TRung.HasCrossedDot:
                    Crossed(memory);
                    break;
                case Arithmetic.WideDot:
                    Wide<TTile>(memory);
                    break;
                default:
                    Float<TTile>(memory);
                    break;
            }
        }
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Narrow<TTile>(byte* memory)
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var weights = Weights(memory);
        var sums = TTile.Zero;
        for (int turn = 0; turn < Turns; turn++)
        {
            for (byte* x = memory; x < memory + (4 * LinesPerTurn * TTile.Tokens); x += 4 * TTile.Tokens)
                sums.Dot(weights, x, 0);
        }

        sums.Store((float*)memory, 16, 1);
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Crossed(byte* memory)
    {
        var weights = Weights(memory);
        var low = default(CrossedFour<TRung>);
        var high = default(CrossedFour<TRung>);
        for (int turn = 0; turn < Turns; turn++)
        {
            for (byte* x = memory; x < memory + (8 * LinesPerTurn * TRung.TileTokens); x += 8 * TRung.TileTokens)
            {
                low.Dot(weights, weights, x, x + (4 * TRung.TileTokens));
                if (TRung.TileTokens > 4)
                    high.Dot(weights, weights, x + 16, x + 16 + (4 * TRung.TileTokens));
            }
        }

        low.Store((float*)memory, 16);
        high.Store((float*)memory + 64, 16);
    }

    // Loaded, because of a constant the compiler knows that both halves of a register of two have the same product.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Weights(byte* memory) => TRung.Load((float*)memory);

    [MethodImpl(InnerLoop.Options)]
    private static void Wide<TTile>(byte* memory)
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var totals = TTile.Zero;
        for (int turn = 0; turn < Turns; turn++)
            totals.AddTimesSixteen(WideDot<TRung, TTile, ByteLines>.Sum(memory, memory, totals));
        totals.Store((float*)memory, 16, 1);
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Float<TTile>(byte* memory)
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var weights = TRung.Broadcast(1);
        var sums = TTile.Zero;
        for (int turn = 0; turn < Turns; turn++)
        {
            for (byte* x = memory; x < memory + (4 * LinesPerTurn * TTile.Tokens); x += 4 * TTile.Tokens)
                sums.MultiplyAdd(weights, x, 0);
        }

        sums.Store((float*)memory, 16, 1);
    }
}
