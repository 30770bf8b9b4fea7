using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary><see cref="NibbleLines"/> whose nibbles are codes of the non-linear table of the IQ4 types.</summary>
internal readonly unsafe struct NonLinearLines : IWideLines
{
    private const int LineBytes = 64;

    // Values + 128 of the table (-127 -104 -83 -65 -49 -35 -22 -10 1 13 25 38 53 69 89 113), and their nibbles. Literals of bytes
    // lie in the assembly's data, which never moves.
    private static ReadOnlySpan<byte> Bytes => [1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241];

    private static ReadOnlySpan<byte> LowNibbles => [1, 8, 13, 15, 15, 13, 10, 6, 1, 13, 9, 6, 5, 5, 9, 1];

    private static ReadOnlySpan<byte> HighNibbles => [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 15];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot<TRung, TTile>(byte* lines, byte* x, WidePart part, ref TTile sums)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var table = Table<TRung>(part);
        for (byte* end = lines + NibbleLines.Bytes; lines < end; lines += LineBytes, x += 4 * TTile.Tokens)
        {
            // The high nibbles of values come second, from lines that the low ones have asked for.
            if (part != WidePart.HighNibble)
                TRung.Prefetch(lines);
            sums.Dot(Load(lines, 0, table, part), x, 0);
            sums.Dot(Load(lines, 1, table, part), x, 16 * TTile.Tokens);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void DotNibbles<TRung, TTile>(byte* lines, byte* x, ref TTile low, ref TTile high)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var lowTable = Table<TRung>(WidePart.LowNibble);
        var highTable = Table<TRung>(WidePart.HighNibble);
        for (byte* end = lines + NibbleLines.Bytes; lines < end; lines += LineBytes, x += 4 * TTile.Tokens)
        {
            TRung.Prefetch(lines);
            var codes = Codes<TRung>(lines, 0);
            low.Dot(TRung.Lookup(lowTable, codes), x, 0);
            high.Dot(TRung.Lookup(highTable, codes), x, 0);
            codes = Codes<TRung>(lines, 1);
            low.Dot(TRung.Lookup(lowTable, codes), x, 16 * TTile.Tokens);
            high.Dot(TRung.Lookup(highTable, codes), x, 16 * TTile.Tokens);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Load<TRung>(byte* line, int half, TRung table, WidePart part)
        where TRung : unmanaged, IRung<TRung>
    {
        var values = TRung.Lookup(table, Codes<TRung>(line, half));
        return part == WidePart.Byte ? TRung.WholeBytes(values) : values;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Codes<TRung>(byte* line, int half)
        where TRung : unmanaged, IRung<TRung>
        => TRung.ShiftRight(TRung.Load((float*)line), 4 * half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Table<TRung>(WidePart part)
        where TRung : unmanaged, IRung<TRung>
    {
        var table = part switch
        {
            WidePart.Byte => Bytes,
            WidePart.LowNibble => LowNibbles,
            _ => HighNibbles,
        };
        return TRung.LoadTable((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(table)));
    }
}
