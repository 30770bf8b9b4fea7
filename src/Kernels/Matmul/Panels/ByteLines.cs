using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>Eight quad lines of bytes biased by 128, as they lie.</summary>
internal readonly unsafe struct ByteLines : IWideLines
{
    private const int LineBytes = 64;
    private const int Bytes = 8 * LineBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot<TRung, TTile>(byte* lines, byte* x, WidePart part, ref TTile sums)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        for (byte* end = lines + Bytes; lines < end; lines += LineBytes, x += 4 * TTile.Tokens)
        {
            // The high nibbles come second, from lines that the low ones have asked for.
            if (part != WidePart.HighNibble)
                TRung.Prefetch(lines);
            sums.Dot(Load<TRung>(lines, part), x, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void DotNibbles<TRung, TTile>(byte* lines, byte* x, ref TTile low, ref TTile high)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        for (byte* end = lines + Bytes; lines < end; lines += LineBytes, x += 4 * TTile.Tokens)
        {
            TRung.Prefetch(lines);
            low.Dot(Load<TRung>(lines, WidePart.LowNibble), x, 0);
            high.Dot(Load<TRung>(lines, WidePart.HighNibble), x, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Load<TRung>(byte* line, WidePart part)
        where TRung : unmanaged, IRung<TRung>
    {
        var bytes = TRung.Load((float*)line);
        if (part == WidePart.Byte)
            return TRung.WholeBytes(bytes);
        var nibble = TRung.BroadcastByte(15);
        return part == WidePart.LowNibble ? TRung.And(bytes, nibble) : TRung.ShiftRight(bytes, 4, nibble);
    }
}
