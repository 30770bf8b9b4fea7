using System.Runtime.CompilerServices;
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

    /// <summary>Packs one row of a file's 32-wide block: 32 fifth bits, then 16 bytes of nibbles of columns j and j + 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* source, int row, byte* lines)
    {
        *(uint*)(lines + NibbleLines.Bytes + (4 * row)) = BitQuads.Pack(*(uint*)source);
        NibbleLines.PackRow(source + 4, row, lines);
    }

    /// <summary>Packs one row of a group whose fifth bits are bit <paramref name="bit"/> of 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackGroup(byte* nibbles, int shift, byte* fifths, int bit, int row, byte* lines)
    {
        uint bits = 0;
        for (int quad = 0; quad < 8; quad++)
            bits |= ((*(uint*)(fifths + (4 * quad)) >> bit) & 0x0101_0101) << quad;
        *(uint*)(lines + NibbleLines.Bytes + (4 * row)) = bits;
        NibbleLines.PackGroup(nibbles, shift, row, lines);
    }

    /// <summary>The 32 columns of one row.</summary>
    public static void UnpackColumns(ReadOnlySpan<byte> lines, int row, Span<byte> columns)
    {
        NibbleLines.UnpackColumns(lines, row, columns);
        for (int column = 0; column < 32; column++)
            columns[column] |= (byte)(((lines[NibbleLines.Bytes + (4 * row) + (column % 4)] >> (column / 4)) & 1) << 4);
    }

    /// <summary>Adds the dot product of 32 columns to narrow sums, which start at 0, or with a zero point of 16 where they have 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot<TRung, TTile>(byte* lines, byte* x, ref TTile sums)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var nibble = TRung.BroadcastByte(15);
        var fifth = TRung.BroadcastByte(16);
        var bits = TTile.LoadLine(lines + NibbleLines.Bytes);
        for (byte* end = lines + NibbleLines.Bytes; lines < end; lines += 64, x += 4 * TTile.Tokens)
        {
            var both = TTile.LoadLine(lines);
            sums.Dot(TRung.Insert(TRung.And(both, nibble), TRung.ShiftLeft(bits, 4), fifth), x, 0);
            sums.Dot(TRung.Insert(TRung.ShiftRight(both, 4, nibble), bits, fifth), x, 16 * TTile.Tokens);
            bits = TRung.ShiftRight(bits, 1);
        }
    }
}
