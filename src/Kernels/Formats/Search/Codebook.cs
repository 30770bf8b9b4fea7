using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// A grid of small integer vectors of which blocks store indices, and the search for the entry nearest to given values.
/// </summary>
/// <remarks>
/// The grids are embedded as raw bytes, one entry after another, and read when a codebook is first used. All entries are compared, one
/// vector lane an entry or a candidate scale: that takes no neighbour lists and no branches.
/// </remarks>
internal sealed class Codebook
{
    private readonly sbyte[] entries;
    private readonly float[] columns;

    private Codebook(string resource, int dimension)
    {
        using Stream stream = typeof(Codebook).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} is missing from the assembly.");
        entries = new sbyte[stream.Length];
        stream.ReadExactly(MemoryMarshal.AsBytes(entries.AsSpan()));

        Dimension = dimension;
        Count = entries.Length / dimension;
        columns = new float[entries.Length];
        for (int i = 0; i < entries.Length; i++)
            columns[(i % dimension * Count) + (i / dimension)] = entries[i];
    }

    /// <summary>256 entries of eight magnitudes 8, 25 or 43.</summary>
    internal static Codebook Iq2Xxs { get; } = new("iq2xxs.u8x8", 8);

    /// <summary>512 entries of eight magnitudes 8, 25 or 43.</summary>
    internal static Codebook Iq2Xs { get; } = new("iq2xs.u8x8", 8);

    /// <summary>1024 entries of eight magnitudes 8, 25 or 43.</summary>
    internal static Codebook Iq2S { get; } = new("iq2s.u8x8", 8);

    /// <summary>256 entries of four magnitudes from 4 to 62.</summary>
    internal static Codebook Iq3Xxs { get; } = new("iq3xxs.u8x4", 4);

    /// <summary>512 entries of four odd magnitudes from 1 to 15.</summary>
    internal static Codebook Iq3S { get; } = new("iq3s.u8x4", 4);

    /// <summary>2048 entries of eight values -1, 0 or 1.</summary>
    internal static Codebook Iq1S { get; } = new("iq1s.i8x8", 8);

    /// <summary>Values in an entry.</summary>
    internal int Dimension { get; }

    /// <summary>Number of entries, a multiple of 16.</summary>
    internal int Count { get; }

    /// <summary>One entry.</summary>
    internal ReadOnlySpan<sbyte> this[int index] => entries.AsSpan(index * Dimension, Dimension);

    /// <summary>
    /// For every entry <c>q</c> computes <c>-2 Σwxq</c> and <c>Σwq²</c>: with them the loss of <c>x ≈ s * q</c> is
    /// <c>s * (s * square + product)</c> and a part that all entries share.
    /// </summary>
    internal void Correlate(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> products, Span<float> squares)
    {
        w = w[..x.Length];
        for (int start = 0; start < Count; start += Vector512<float>.Count)
        {
            Vector512<float> product = Vector512<float>.Zero, square = Vector512<float>.Zero;
            for (int j = 0; j < x.Length; j++)
            {
                Vector512<float> q = Column(j, start), weighted = q * w[j];
                product = Vector512.FusedMultiplyAdd(weighted, Vector512.Create(-2 * x[j]), product);
                square = Vector512.FusedMultiplyAdd(weighted, q, square);
            }

            product.CopyTo(products[start..]);
            square.CopyTo(squares[start..]);
        }
    }

    /// <summary>The least loss over all entries for each of sixteen scales.</summary>
    internal static Vector512<float> LeastLosses(ReadOnlySpan<float> products, ReadOnlySpan<float> squares, Vector512<float> scales)
    {
        // Four chains: the minimum's latency is four times what a core can start.
        Vector512<float> a = Vector512.Create(float.PositiveInfinity), b = a, c = a, d = a;
        squares = squares[..products.Length];
        for (int i = 0; i + 3 < products.Length; i += 4)
        {
            a = Vector512.MinNative(a, Line(scales, squares[i], products[i]));
            b = Vector512.MinNative(b, Line(scales, squares[i + 1], products[i + 1]));
            c = Vector512.MinNative(c, Line(scales, squares[i + 2], products[i + 2]));
            d = Vector512.MinNative(d, Line(scales, squares[i + 3], products[i + 3]));
        }

        return Vector512.MinNative(Vector512.MinNative(a, b), Vector512.MinNative(c, d)) * scales;

        static Vector512<float> Line(Vector512<float> scales, float square, float product)
            => Vector512.FusedMultiplyAdd(scales, Vector512.Create(square), Vector512.Create(product));
    }

    /// <summary>The entry of least loss at one scale, the first of several.</summary>
    internal static int Nearest(ReadOnlySpan<float> products, ReadOnlySpan<float> squares, float scale)
    {
        Vector512<float> least = Vector512.Create(float.PositiveInfinity);
        Vector512<int> indices = Vector512<int>.Zero;
        for (int start = 0; start < products.Length; start += Vector512<float>.Count)
        {
            Vector512<float> loss = Vector512.FusedMultiplyAdd(
                Vector512.Create(squares[start..]), Vector512.Create(scale), Vector512.Create(products[start..]));
            Vector512<int> isLess = Vector512.LessThan(loss, least).AsInt32();
            least = Vector512.ConditionalSelect(isLess.AsSingle(), loss, least);
            indices = Vector512.ConditionalSelect(isLess, Vector512.CreateSequence(start, 1), indices);
        }

        return Lanes.IndexOfLeast(least, indices);
    }

    private Vector512<float> Column(int j, int start)
        => Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(columns), (nuint)((j * Count) + start));
}
