using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats;

/// <summary>
/// A grid of small integer vectors of which blocks store indices, and the search for the entry nearest to given values.
/// </summary>
/// <remarks>
/// The grids are embedded as raw bytes, one entry after another. All entries are compared, with one vector lane an entry or a
/// candidate scale: that is faster than walking neighbour lists with branches, and needs none.
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
    internal static Codebook Iq2Xxs => Grids.Iq2Xxs;

    /// <summary>512 entries of eight magnitudes 8, 25 or 43.</summary>
    internal static Codebook Iq2Xs => Grids.Iq2Xs;

    /// <summary>1024 entries of eight magnitudes 8, 25 or 43.</summary>
    internal static Codebook Iq2S => Grids.Iq2S;

    /// <summary>256 entries of four magnitudes from 4 to 62.</summary>
    internal static Codebook Iq3Xxs => Grids.Iq3Xxs;

    /// <summary>512 entries of four odd magnitudes from 1 to 15.</summary>
    internal static Codebook Iq3S => Grids.Iq3S;

    /// <summary>2048 entries of eight values -1, 0 or 1.</summary>
    internal static Codebook Iq1S => Grids.Iq1S;

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
        for (int start = 0; start < Count; start += Vector512<float>.Count)
        {
            Vector512<float> product = Vector512<float>.Zero, square = Vector512<float>.Zero;
            for (int j = 0; j < Dimension; j++)
            {
                Vector512<float> q = Vector512.Create<float>(columns.AsSpan((j * Count) + start));
                Vector512<float> weighted = q * w[j];
                product = Vector512.FusedMultiplyAdd(weighted, Vector512.Create(-2 * x[j]), product);
                square = Vector512.FusedMultiplyAdd(weighted, q, square);
            }

            product.CopyTo(products[start..]);
            square.CopyTo(squares[start..]);
        }
    }

    /// <summary>As the shorter overload; also <c>Σwq</c>.</summary>
    internal void Correlate(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<float> products, Span<float> squares, Span<float> plain)
    {
        Correlate(x, w, products, squares);
        for (int start = 0; start < Count; start += Vector512<float>.Count)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int j = 0; j < Dimension; j++)
                sum = Vector512.FusedMultiplyAdd(Vector512.Create<float>(columns.AsSpan((j * Count) + start)), Vector512.Create(w[j]), sum);
            sum.CopyTo(plain[start..]);
        }
    }

    /// <summary>The least loss over all entries for each of sixteen scales.</summary>
    internal static Vector512<float> LeastLosses(ReadOnlySpan<float> products, ReadOnlySpan<float> squares, Vector512<float> scales)
    {
        Vector512<float> even = Vector512.Create(float.PositiveInfinity), odd = even;
        squares = squares[..products.Length];
        for (int c = 0; c + 1 < products.Length; c += 2)
        {
            even = Vector512.MinNative(even, Vector512.FusedMultiplyAdd(scales, Vector512.Create(squares[c]), Vector512.Create(products[c])));
            odd = Vector512.MinNative(odd, Vector512.FusedMultiplyAdd(scales, Vector512.Create(squares[c + 1]), Vector512.Create(products[c + 1])));
        }

        return Vector512.MinNative(even, odd) * scales;
    }

    /// <summary>The entry of least loss at one scale, the first of several.</summary>
    internal static int Nearest(ReadOnlySpan<float> products, ReadOnlySpan<float> squares, float scale)
    {
        int best = 0;
        float least = float.PositiveInfinity;
        for (int c = 0; c < products.Length; c++)
        {
            float loss = MathF.FusedMultiplyAdd(scale, squares[c], products[c]);
            if (loss < least)
            {
                least = loss;
                best = c;
            }
        }

        return best;
    }

    /// <summary>Each grid is read when it is first used.</summary>
    private static class Grids
    {
        internal static readonly Codebook Iq2Xxs = new("iq2xxs.u8x8", 8);
        internal static readonly Codebook Iq2Xs = new("iq2xs.u8x8", 8);
        internal static readonly Codebook Iq2S = new("iq2s.u8x8", 8);
        internal static readonly Codebook Iq3Xxs = new("iq3xxs.u8x4", 4);
        internal static readonly Codebook Iq3S = new("iq3s.u8x4", 4);
        internal static readonly Codebook Iq1S = new("iq1s.i8x8", 8);
    }
}
