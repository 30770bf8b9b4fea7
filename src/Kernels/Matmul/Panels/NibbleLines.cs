using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Four quad lines that hold 32 columns of 4 bits for 16 rows: byte 4r + j of line i has column 8i + j of row r in its low nibble
/// and column 8i + 4 + j in its high nibble.
/// </summary>
internal static unsafe class NibbleLines
{
    /// <summary>Bytes of the four lines.</summary>
    public const int Bytes = 256;

    /// <summary>Packs one row of 16 bytes in the file order of 32-wide blocks: byte j holds columns j (low) and j + 16 (high).</summary>
    public static void PackRow(ReadOnlySpan<byte> source, int row, Span<byte> lines)
    {
        Span<byte> columns = stackalloc byte[32];
        for (int j = 0; j < 16; j++)
        {
            columns[j] = (byte)(source[j] & 15);
            columns[j + 16] = (byte)(source[j] >> 4);
        }

        PackColumns(columns, row, lines);
    }

    /// <summary>The inverse of <see cref="PackRow"/>.</summary>
    public static void UnpackRow(ReadOnlySpan<byte> lines, int row, Span<byte> destination)
    {
        Span<byte> columns = stackalloc byte[32];
        UnpackColumns(lines, row, columns);
        for (int j = 0; j < 16; j++)
            destination[j] = (byte)(columns[j] | (columns[j + 16] << 4));
    }

    /// <summary>Packs 32 values of 4 bits of one row.</summary>
    public static void PackColumns(ReadOnlySpan<byte> columns, int row, Span<byte> lines)
    {
        for (int line = 0; line < 4; line++)
        {
            for (int j = 0; j < 4; j++)
                lines[(64 * line) + (4 * row) + j] = (byte)(columns[(8 * line) + j] | (columns[(8 * line) + 4 + j] << 4));
        }
    }

    /// <summary>The inverse of <see cref="PackColumns"/>.</summary>
    public static void UnpackColumns(ReadOnlySpan<byte> lines, int row, Span<byte> columns)
    {
        for (int line = 0; line < 4; line++)
        {
            for (int j = 0; j < 4; j++)
            {
                byte pair = lines[(64 * line) + (4 * row) + j];
                columns[(8 * line) + j] = (byte)(pair & 15);
                columns[(8 * line) + 4 + j] = (byte)(pair >> 4);
            }
        }
    }

    /// <summary>Adds the dot product of 32 columns to started narrow sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot<TRung, TTile>(byte* lines, byte* x, ref TTile sums)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var nibble = TRung.BroadcastByte(15);
        for (byte* end = lines + Bytes; lines < end; lines += 64, x += 8 * TTile.Tokens)
        {
            var both = TRung.LoadLine(lines);
            sums.Dot(TRung.And(both, nibble), x, 0);
            sums.Dot(TRung.ShiftRight(both, 4, nibble), x, 4 * TTile.Tokens);
        }
    }
}
