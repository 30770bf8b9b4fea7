namespace Hearth.Kernels.Formats.Packing;

/// <summary>Entries of a codebook of magnitudes, with a sign bit for each value.</summary>
internal static class SignedEntry
{
    /// <summary><c>w[j] = ± step * entry[j]</c>, minus where bit <c>j</c> is set.</summary>
    internal static void Decode(ReadOnlySpan<sbyte> entry, int signs, float step, Span<float> w)
    {
        for (int j = 0; j < entry.Length; j++)
            w[j] = step * entry[j] * (((signs >> j) & 1) != 0 ? -1 : 1);
    }

    /// <summary>Splits values into magnitudes and sign bits, eight a byte, lowest bit first.</summary>
    internal static void Split(ReadOnlySpan<float> x, Span<float> magnitudes, Span<byte> signs)
    {
        signs[..(x.Length / 8)].Clear();
        for (int j = 0; j < x.Length; j++)
        {
            magnitudes[j] = MathF.Abs(x[j]);
            signs[j / 8] |= (byte)(x[j] < 0 ? 1 << (j % 8) : 0);
        }
    }
}
