using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Encodes superblocks of eight groups with 6-bit scales and minima: what <see cref="Q4_K"/> and <see cref="Q5_K"/> have in common.
/// </summary>
internal static class KSuperblock
{
    /// <param name="x">256 values.</param>
    /// <param name="importance">As many, or empty.</param>
    /// <param name="top">Greatest code.</param>
    /// <param name="header">Receives d, dmin and the packed scales.</param>
    /// <param name="q">Receives the codes.</param>
    [SkipLocalsInit]
    internal static void Encode(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, int top, Span<byte> header, Span<byte> q)
    {
        Span<float> w = stackalloc float[AffineSuperblock.Weights];
        ErrorWeights.Fill(x, importance, w);
        Span<byte> scales = stackalloc byte[KScales.Groups];
        Span<byte> minima = stackalloc byte[KScales.Groups];
        new AffineSuperblock(KScales.GroupWeights, top, KScales.Top).Encode(x, w, header, scales, minima, q);
        KScales.Pack(scales, minima, header[4..]);
    }
}
