using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Encodes 256 magnitudes as <c>d * (first + s * step) * entry</c>, each group of values with its own 4-bit <c>s</c>: what the block types
/// with codebooks of magnitudes have in common.
/// </summary>
/// <param name="Book">The codebook.</param>
/// <param name="Magnitudes">The magnitudes that its entries are made of.</param>
/// <param name="GroupWeights">Values that share a scale.</param>
/// <param name="First">The factor of <c>s = 0</c>.</param>
/// <param name="Step">How much the factor grows with <c>s</c>.</param>
internal sealed record CodebookSuperblock(Codebook Book, TableCodes Magnitudes, int GroupWeights, float First, float Step)
{
    private const int Weights = 256;
    private const int TopScale = 15;

    internal static CodebookSuperblock Iq2Xxs { get; } = new(Codebook.Iq2Xxs, TwoBitMagnitudes, 32, 0.125f, 0.25f);

    internal static CodebookSuperblock Iq2Xs { get; } = new(Codebook.Iq2Xs, TwoBitMagnitudes, 16, 0.125f, 0.25f);

    internal static CodebookSuperblock Iq2S { get; } = new(Codebook.Iq2S, TwoBitMagnitudes, 16, 0.125f, 0.25f);

    internal static CodebookSuperblock Iq3Xxs { get; } =
        new(Codebook.Iq3Xxs, new([4, 12, 20, 28, 36, 44, 52, 62], Candidates.Around(62, -24)), 32, 0.25f, 0.5f);

    internal static CodebookSuperblock Iq3S { get; } =
        new(Codebook.Iq3S, new([1, 3, 5, 7, 9, 11, 13, 15], Candidates.Around(15, -6)), 32, 1, 2);

    private static TableCodes TwoBitMagnitudes => new([8, 25, 43], Candidates.Around(43, -20));

    /// <param name="x">256 magnitudes; a few may be negative where a sign could not be stored.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="header">Receives the half d.</param>
    /// <param name="scales">Receives <c>s</c> per group.</param>
    /// <param name="indices">Receives the entry per as many values as an entry has.</param>
    [SkipLocalsInit]
    internal void Encode(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<byte> header, Span<byte> scales, Span<ushort> indices)
    {
        int groups = Weights / GroupWeights, vectors = GroupWeights / Book.Dimension;
        float largest = 0;
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            largest = MathF.Max(largest, SymmetricFit.Scale(x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), Magnitudes));
        }

        float d = ScaleHalf.Write(header, largest / (First + (TopScale * Step)));
        Vector512<float> factors = (Vector512.CreateSequence(0f, 1f) * Step) + Vector512.Create(First);
        float productSum = 0, squareSum = 0;
        Span<float> products = stackalloc float[vectors * Book.Count];
        Span<float> squares = stackalloc float[vectors * Book.Count];
        for (int g = 0; g < groups; g++)
        {
            Vector512<float> losses = Vector512<float>.Zero;
            for (int v = 0; v < vectors; v++)
            {
                int start = (g * GroupWeights) + (v * Book.Dimension);
                Span<float> product = products.Slice(v * Book.Count, Book.Count), square = squares.Slice(v * Book.Count, Book.Count);
                Book.Correlate(x.Slice(start, Book.Dimension), w.Slice(start, Book.Dimension), product, square);
                losses += Codebook.LeastLosses(product, square, factors * d);
            }

            int scale = Math.Max(Lanes.IndexOfLeast(losses), 0);
            scales[g] = (byte)scale;
            float factor = First + (scale * Step);
            for (int v = 0; v < vectors; v++)
            {
                Span<float> product = products.Slice(v * Book.Count, Book.Count), square = squares.Slice(v * Book.Count, Book.Count);
                int index = Codebook.Nearest(product, square, factor * d);
                indices[(g * vectors) + v] = (ushort)index;
                productSum += factor * product[index];
                squareSum += factor * factor * square[index];
            }
        }

        // With all codes chosen the best common factor has a closed form.
        if (squareSum > 0)
            ScaleHalf.Write(header, MathF.Max(-0.5f * productSum / squareSum, 0));
    }
}
