using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Isa;

/// <summary>
/// AVX-512 without VNNI: vpmaddubsw multiplies pairs of bytes into 16-bit sums, two per row, that may wrap until the group ends. The adds are free
/// beside the multiplies.
/// </summary>
internal readonly unsafe struct ZmmPairDot : IZmmDot
{
    public static Rung Rung => Rung.Avx512;

    public static bool IsSupported => Avx512BW.IsSupported;

    public static bool HasByteDot => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> sum, Vector512<byte> weights, Vector512<sbyte> activations)
        => (sum.AsInt16() + Avx512BW.MultiplyAddAdjacent(weights, activations)).AsInt32();

    // Products stand before additions: on a Zen 4, whose zmm is two halves, that is 0.9 products a cycle in place of 0.73.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddFour(
        ref Vector512<int> first,
        ref Vector512<int> second,
        ref Vector512<int> third,
        ref Vector512<int> fourth,
        Vector512<byte> weights,
        int* activations)
    {
        var product1 = Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(activations[0]).AsSByte());
        var product2 = Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(activations[1]).AsSByte());
        var product3 = Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(activations[2]).AsSByte());
        var product4 = Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(activations[3]).AsSByte());
        first = (first.AsInt16() + product1).AsInt32();
        second = (second.AsInt16() + product2).AsInt32();
        third = (third.AsInt16() + product3).AsInt32();
        fourth = (fourth.AsInt16() + product4).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ToInt32(Vector512<int> sum) => Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), Vector512.Create((short)1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Scales(Vector512<int> scales) => (scales & Vector512.Create(0xFFFF)) | (scales << 16);

    // The scale takes the place of the ones that widen: it is free.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ScaleAdd(Vector512<int> total, Vector512<int> sum, Vector512<int> scales)
        => total + Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), scales.AsInt16());
}
