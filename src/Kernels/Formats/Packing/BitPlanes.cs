using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Packing;

/// <summary>
/// One bit of each of 256 codes in 32 bytes, bit k of byte l for code 32 k + l: the upper bits of <see cref="Q3_K"/> and <see
/// cref="Q5_K"/>.
/// </summary>
internal static class BitPlanes
{
    /// <summary>Moves the top bit, number <paramref name="bit"/>, out of the codes.</summary>
    internal static void Take(Span<byte> q, int bit, Span<byte> planes)
    {
        Vector256<byte> gathered = Vector256<byte>.Zero, rest = Vector256.Create((byte)((1 << bit) - 1));
        for (int k = 0; k < 8; k++)
        {
            Span<byte> codes = q.Slice(32 * k, 32);
            Vector256<byte> code = Vector256.Create<byte>(codes);
            gathered |= code >> bit << k;
            (code & rest).CopyTo(codes);
        }

        gathered.CopyTo(planes);
    }
}
