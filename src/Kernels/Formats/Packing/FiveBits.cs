using System.Buffers.Binary;

namespace Hearth.Kernels.Formats.Packing;

// 20 bytes hold 32 five-bit codes:
//
//     0   uint32 bit j is bit 4 of q[j]
//     4   16 B   bits 0..3: byte j has q[j] in its low nibble, q[j + 16] in its high one

/// <summary>The order of five-bit codes that <see cref="Q5_0"/> and <see cref="Q5_1"/> share.</summary>
internal static class FiveBits
{
    internal const int Bytes = 4 + 16;

    /// <summary>Code <paramref name="j"/> of 32.</summary>
    internal static int Unpack(ReadOnlySpan<byte> bytes, int j)
    {
        int low = bytes[4 + (j % 16)] >> (j / 16 * 4);
        int high = bytes[j / 8] >> (j % 8);
        return (low & 15) | ((high & 1) << 4);
    }

    /// <summary>Packs 32 codes below 32; the codes' fifth bits are cleared on the way.</summary>
    internal static void Pack(Span<byte> q, Span<byte> bytes)
    {
        uint high = 0;
        for (int j = 0; j < 32; j++)
        {
            high |= (uint)(q[j] >> 4) << j;
            q[j] &= 15;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes, high);
        Nibbles.Pack(q[..16], q[16..], bytes[4..]);
    }
}
