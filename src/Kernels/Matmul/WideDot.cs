using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Dot products of 32 columns of full-range weights, bytes biased by 128: one wide sum per token where a rung multiplies bytes in one
/// instruction, else the narrow sums of the low and of the high nibbles, with many tokens one after the other so that only one set of them is alive. The
/// start is the correction pair of zero point 8, since biased byte - 128 = low nibble + 16 x (high nibble - 8); so all
/// blocks of 32 share one form of activations.
/// </summary>
/// <remarks>Nibbles need two multiplies and half as many bytes of activations as products of 16 bits would.</remarks>
internal static unsafe class WideDot<TRung, TTile, TLines>
    where TRung : unmanaged, IRung<TRung>
    where TTile : unmanaged, ITile<TTile, TRung>
    where TLines : struct, IWideLines
{
    /// <summary>32-bit sums of one block, for these accumulators; the correction pairs follow the tile's quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTile Sum(byte* lines, byte* x, in TTile accumulators)
    {
        if (TRung.HasByteDot || TTile.TakesBytes)
            return ByteSums(lines, x, accumulators);
        var totals = accumulators.NewSums();
        Add(lines, x, TRung.BroadcastScale(1), TRung.BroadcastScale(16), ref totals);
        return totals;
    }

    /// <summary>Adds scale x sums of one group to 32-bit totals; the correction pairs follow the tile's quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAdd(byte* lines, byte* x, TRung scales, ref TTile totals)
    {
        if (TRung.HasByteDot || TTile.TakesBytes)
            totals.ScaleAdd(ByteSums(lines, x, totals), scales);
        else
            Add(lines, x, scales, TRung.TimesSixteen(scales), ref totals);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTile ByteSums(byte* lines, byte* x, in TTile accumulators)
    {
        var sums = accumulators.StartWide(x, 32 * TTile.Tokens);
        TLines.Dot<TRung, TTile>(lines, x, WidePart.Byte, ref sums);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(byte* lines, byte* x, TRung scales, TRung sixteenScales, ref TTile totals)
    {
        // With more tokens the sums of both nibbles would not stay in registers. The compiler knows types before it takes in what follows,
        // and so takes in only one of the two.
        if (typeof(TTile) == typeof(Tile1<TRung>) || typeof(TTile) == typeof(TilePair<Tile1<TRung>, TRung>))
        {
            var low = totals.NewSums();
            var high = totals.StartDot(x, 32 * TTile.Tokens);
            TLines.DotNibbles<TRung, TTile>(lines, x, ref low, ref high);
            totals.ScaleAdd(low, scales);
            totals.ScaleAdd(high, sixteenScales);
        }
        else
        {
            var sums = totals.NewSums();
            TLines.Dot<TRung, TTile>(lines, x, WidePart.LowNibble, ref sums);
            totals.ScaleAdd(sums, scales);
            sums = totals.StartDot(x, 32 * TTile.Tokens);
            TLines.Dot<TRung, TTile>(lines, x, WidePart.HighNibble, ref sums);
            totals.ScaleAdd(sums, sixteenScales);
        }
    }
}
