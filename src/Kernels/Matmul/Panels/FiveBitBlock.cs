using System.Buffers.Binary;

namespace Hearth.Kernels.Matmul;

/// <summary>The codes of a file's 5-bit block: 32 fifth bits, then 16 bytes of nibbles of columns j and j + 16.</summary>
internal static class FiveBitBlock
{
    /// <summary>Packs 32 codes in the order of their columns.</summary>
    public static void Pack(ReadOnlySpan<byte> columns, Span<byte> destination)
    {
        uint fifth = 0;
        for (int column = 0; column < 32; column++)
            fifth |= (uint)(columns[column] >> 4) << column;
        BinaryPrimitives.WriteUInt32LittleEndian(destination, fifth);
        for (int j = 0; j < 16; j++)
            destination[4 + j] = (byte)((columns[j] & 15) | (columns[j + 16] << 4));
    }
}
