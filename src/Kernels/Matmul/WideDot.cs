using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Dot products of 32 columns of full-range weights, bytes biased by 128: one wide sum per token where a rung multiplies bytes in one
/// instruction, else the narrow sums of the low and of the high nibbles, one after the other so that only one set of them is alive. The
/// start is the correction pair of zero point 8, since biased byte - 128 = low nibble + 16 x (high nibble - 8); so all
/// blocks of 32 share one form of activations.
/// </summary>
/// <remarks>Nibbles need two multiplies and half as many bytes of activations as products of 16 bits would.</remarks>
internal static unsafe class WideDot<TRung, TTile, TLines>
    where TRung : unmanaged, IRung<TRung>
    where TTile : unmanaged, ITile<TTile, TRung>
    where TLines : struct, IWideLines
{
    // Quads of 16 columns.
    private const int HalfQuads = 4;

    /// <summary>32-bit sums of one block; the correction pairs follow the tile's quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTile Sum(byte* lines, byte* x)
    {
        if (TRung.HasByteDot)
            return ByteSums(lines, x);
        var totals = TTile.Zero;
        Add(lines, x, TRung.BroadcastScale(1), TRung.BroadcastScale(16), ref totals);
        return totals;
    }

    /// <summary>Adds scale x sums of one group to 32-bit totals; the correction pairs follow the tile's quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAdd(byte* lines, byte* x, TRung scales, ref TTile totals)
    {
        if (TRung.HasByteDot)
            totals.ScaleAdd(ByteSums(lines, x), scales);
        else
            Add(lines, x, scales, TRung.TimesSixteen(scales), ref totals);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTile ByteSums(byte* lines, byte* x)
    {
        var sums = TTile.StartWide(x, 32 * TTile.Tokens);
        Dot(lines, x, WidePart.Byte, ref sums);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(byte* lines, byte* x, TRung scales, TRung sixteenScales, ref TTile totals)
    {
        var sums = TTile.Zero;
        Dot(lines, x, WidePart.LowNibble, ref sums);
        totals.ScaleAdd(sums, scales);
        sums = TTile.StartDot(x, 32 * TTile.Tokens);
        Dot(lines, x, WidePart.HighNibble, ref sums);
        totals.ScaleAdd(sums, sixteenScales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot(byte* lines, byte* x, WidePart part, ref TTile sums)
    {
        if (TRung.UnrollsWideDots && TLines.Count == HalfQuads)
        {
            for (int quad = 0; quad < HalfQuads; quad++, x += 4 * TTile.Tokens)
            {
                Prefetch(lines, quad, part);
                Prefetch(lines, quad + HalfQuads, part);
                sums.Dot(Load(lines, quad, 0, part), x, 0);
                sums.Dot(Load(lines, quad, 1, part), x, 16 * TTile.Tokens);
            }
        }
        else
        {
            for (int i = 0; i < 2 * HalfQuads; i++, x += 4 * TTile.Tokens)
            {
                Prefetch(lines, i, part);
                sums.Dot(Load(lines, i & 3, i >> 2, part), x, 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Load(byte* lines, int quad, int half, WidePart part)
    {
        var weights = TLines.Load<TRung>(lines, quad, half, part);
        return part == WidePart.Byte ? TRung.WholeBytes(weights) : weights;
    }

    // The high nibbles come second, from lines that the low ones have asked for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* lines, int line, WidePart part)
    {
        if (part != WidePart.HighNibble && line < TLines.Count)
            TRung.Prefetch(lines + (64 * line));
    }
}
