using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Formats.Packing;

// Eight signs in seven bits: bits 0..6 are the signs of values 0..6, and value 7 is negative where that makes the number of negative
// ones even.

/// <summary>The sign codes that <see cref="IQ2_XXS"/>, <see cref="IQ2_XS"/> and <see cref="IQ3_XXS"/> share.</summary>
internal static class EvenSigns
{
    internal const int Bits = 7;
    internal const int Mask = (1 << Bits) - 1;

    /// <summary>All eight signs of a code; a set bit is a minus.</summary>
    internal static int Unpack(int code)
        => code | ((int.PopCount(code) & 1) << Bits);

    /// <summary>The signs of 32 values whose four codes follow each other from the lowest bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint UnpackFour(uint codes)
    {
        uint signs = (codes & 0x7F) | ((codes << 1) & 0x7F00) | ((codes << 2) & 0x7F_0000) | ((codes << 3) & 0x7F00_0000);

        // Halves folded onto each other until bit 0 of each byte is the parity of all its bits.
        uint parity = signs ^ (signs >> 4);
        parity ^= parity >> 2;
        parity ^= parity >> 1;
        return signs | ((parity & 0x0101_0101) << Bits);
    }

    /// <summary>Splits groups of 32 values as <see cref="Split"/> does, four codes a word from its lowest bit.</summary>
    internal static void SplitGroups(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> magnitudes, Span<uint> codes)
    {
        codes.Clear();
        for (int v = 0; v < x.Length / 8; v++)
            codes[v / 4] |= (uint)Split(x.Slice(8 * v, 8), w.Slice(8 * v, 8), magnitudes[(8 * v)..]) << (Bits * (v % 4));
    }

    /// <summary>
    /// Splits eight values into magnitudes and a sign code. Where the number of negative values is odd, the one whose error counts
    /// least gets the wrong sign, and its magnitude is written as negative: the smallest there is will then be nearest.
    /// </summary>
    internal static int Split(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> magnitudes)
    {
        int signs = 0, cheapest = 0;
        for (int j = 0; j < 8; j++)
        {
            signs |= x[j] < 0 ? 1 << j : 0;
            magnitudes[j] = MathF.Abs(x[j]);
            if (w[j] * x[j] * x[j] < w[cheapest] * x[cheapest] * x[cheapest])
                cheapest = j;
        }

        if ((int.PopCount(signs) & 1) != 0)
        {
            signs ^= 1 << cheapest;
            magnitudes[cheapest] = -magnitudes[cheapest];
        }

        return signs & Mask;
    }
}
