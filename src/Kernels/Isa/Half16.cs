using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Isa;

/// <summary>The bits of a half, widened without the slow scalar cast of the runtime (0.35 G/s measured).</summary>
internal static class Half16
{
    /// <summary>2^112: the difference of the exponent biases of float (127) and half (15).</summary>
    public const float BiasFactor = 5.192296858534828e33f;

    /// <summary>
    /// Where the bits of a half are in a float after a shift by 13: the sign, which sign extension has brought to the top, and the 15 bits
    /// below it. Only the exponent bias is missing, a factor of <see cref="BiasFactor"/>.
    /// </summary>
    public const int Bits = unchecked((int)0x8FFFE000);

    /// <summary>Widens a finite half exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits) => BitConverter.Int32BitsToSingle(((short)bits << 13) & Bits) * BiasFactor;
}
