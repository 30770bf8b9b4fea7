using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Five quad lines that hold 32 columns of 5 bits for 16 rows: <see cref="NibbleLines"/> with the lower four, then a line whose byte 4r + j has
/// the fifth bit of column 4q + j of row r in its bit q.
/// </summary>
internal static unsafe class FiveBitLines
{
    /// <summary>Bytes of the five lines.</summary>
    public const int Bytes = NibbleLines.Bytes + 64;

    /// <summary>Sixteen scales of 1.</summary>
    public static byte* Ones => Address(OneBytes);

    /// <summary>Sixteen pairs of -1.</summary>
    public static byte* MinusOnes => Address(MinusOneBytes);

    /// <summary>Sixteen signed scales of 16.</summary>
    public static sbyte* Sixteens => (sbyte*)Address(SixteenBytes);

    private static ReadOnlySpan<byte> OneBytes => [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];

    private static ReadOnlySpan<byte> MinusOneBytes =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    private static ReadOnlySpan<byte> SixteenBytes => [16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16];

    /// <summary>Packs 32 values of 5 bits of one row into lines that are zero.</summary>
    public static void PackColumns(ReadOnlySpan<byte> columns, int row, Span<byte> lines)
    {
        Span<byte> low = stackalloc byte[32];
        for (int column = 0; column < 32; column++)
        {
            low[column] = (byte)(columns[column] & 15);
            lines[NibbleLines.Bytes + (4 * row) + (column % 4)] |= (byte)(columns[column] >> 4 << (column / 4));
        }

        NibbleLines.PackColumns(low, row, lines);
    }

    /// <summary>The inverse of <see cref="PackColumns"/>.</summary>
    public static void UnpackColumns(ReadOnlySpan<byte> lines, int row, Span<byte> columns)
    {
        NibbleLines.UnpackColumns(lines, row, columns);
        for (int column = 0; column < 32; column++)
            columns[column] |= (byte)(((lines[NibbleLines.Bytes + (4 * row) + (column % 4)] >> (column / 4)) & 1) << 4);
    }

    /// <summary>Adds the dot product of 32 columns to started narrow sums; their zero point is 16, or they would not fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot<TRung, TTile>(byte* lines, byte* x, ref TTile sums)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var nibble = TRung.BroadcastByte(15);
        var fifth = TRung.BroadcastByte(16);
        var bits = TRung.LoadLine(lines + NibbleLines.Bytes);
        var both = TRung.LoadLine(lines);
        sums.Dot(TRung.Or(TRung.And(both, nibble), TRung.ShiftLeft(bits, 4, fifth)), x, 0);
        sums.Dot(TRung.Or(TRung.ShiftRight(both, 4, nibble), TRung.ShiftLeft(bits, 3, fifth)), x, 4 * TTile.Tokens);
        both = TRung.LoadLine(lines + 64);
        sums.Dot(TRung.Or(TRung.And(both, nibble), TRung.ShiftLeft(bits, 2, fifth)), x, 8 * TTile.Tokens);
        sums.Dot(TRung.Or(TRung.ShiftRight(both, 4, nibble), TRung.ShiftLeft(bits, 1, fifth)), x, 12 * TTile.Tokens);
        both = TRung.LoadLine(lines + 128);
        sums.Dot(TRung.Or(TRung.And(both, nibble), TRung.And(bits, fifth)), x, 16 * TTile.Tokens);
        sums.Dot(TRung.Or(TRung.ShiftRight(both, 4, nibble), TRung.ShiftRight(bits, 1, fifth)), x, 20 * TTile.Tokens);
        both = TRung.LoadLine(lines + 192);
        sums.Dot(TRung.Or(TRung.And(both, nibble), TRung.ShiftRight(bits, 2, fifth)), x, 24 * TTile.Tokens);
        sums.Dot(TRung.Or(TRung.ShiftRight(both, 4, nibble), TRung.ShiftRight(bits, 3, fifth)), x, 28 * TTile.Tokens);
    }

    // Literals of bytes lie in the assembly's data, which never moves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Address(ReadOnlySpan<byte> literal) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));
}
