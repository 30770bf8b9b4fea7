using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Four quad lines that hold 32 columns of 4 bits for 16 rows: byte 4r + j of line i has column 4i + j of row r in its low nibble
/// and column 16 + 4i + j in its high nibble, as the bytes of most types have it in files.
/// </summary>
internal static unsafe class NibbleLines
{
    /// <summary>Bytes of the four lines.</summary>
    public const int Bytes = 256;

    /// <summary>Packs one row of 16 bytes in the file order of 32-wide blocks: byte j holds columns j (low) and j + 16 (high).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* source, int row, byte* lines)
    {
        for (int line = 0; line < 4; line++)
            *(uint*)(lines + (64 * line) + (4 * row)) = *(uint*)(source + (4 * line));
    }

    /// <summary>Packs one row of a group whose 32 columns are the nibbles at bit <paramref name="shift"/> (0 or 4) of 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackGroup(byte* source, int shift, int row, byte* lines)
    {
        const uint Nibbles = 0x0F0F_0F0F;
        for (int line = 0; line < 4; line++)
        {
            uint low = (*(uint*)(source + (4 * line)) >> shift) & Nibbles;
            uint high = (*(uint*)(source + 16 + (4 * line)) >> shift) & Nibbles;
            *(uint*)(lines + (64 * line) + (4 * row)) = low | (high << 4);
        }
    }

    /// <summary>The inverse of <see cref="PackRow"/>.</summary>
    public static void UnpackRow(ReadOnlySpan<byte> lines, int row, Span<byte> destination)
    {
        for (int line = 0; line < 4; line++)
            lines.Slice((64 * line) + (4 * row), 4).CopyTo(destination[(4 * line)..]);
    }

    /// <summary>The 32 columns of one row.</summary>
    public static void UnpackColumns(ReadOnlySpan<byte> lines, int row, Span<byte> columns)
    {
        for (int line = 0; line < 4; line++)
        {
            for (int j = 0; j < 4; j++)
            {
                byte pair = lines[(64 * line) + (4 * row) + j];
                columns[(4 * line) + j] = (byte)(pair & 15);
                columns[16 + (4 * line) + j] = (byte)(pair >> 4);
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
        for (byte* end = lines + Bytes; lines < end; lines += 64, x += 4 * TTile.Tokens)
        {
            var both = TTile.LoadLine(lines);
            sums.Dot(TRung.And(both, nibble), x, 0);
            sums.Dot(TRung.ShiftRight(both, 4, nibble), x, 16 * TTile.Tokens);
        }
    }
}
