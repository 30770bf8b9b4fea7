using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Isa;

/// <summary>
/// AVX-512 without VNNI: vpmaddubsw multiplies pairs of bytes into 16-bit sums, two per row, that may wrap until the group ends. The adds are free
/// beside the multiplies.
/// </summary>
internal readonly struct ZmmPairDot : IByteDot<Vector512<int>, Vector512<byte>, Vector512<sbyte>>
{
    public static Rung Rung => Rung.Avx512;

    public static bool IsSupported => Avx512BW.IsSupported;

    public static bool HasByteDot => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> sum, Vector512<byte> weights, Vector512<sbyte> activations)
        => (sum.AsInt16() + Avx512BW.MultiplyAddAdjacent(weights, activations)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ToInt32(Vector512<int> sum) => Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), Vector512.Create((short)1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Scales(Vector512<int> scales) => (scales & Vector512.Create(0xFFFF)) | (scales << 16);

    // The scale takes the place of the ones that widen: it is free.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ScaleAdd(Vector512<int> total, Vector512<int> sum, Vector512<int> scales)
        => total + Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), scales.AsInt16());
}
