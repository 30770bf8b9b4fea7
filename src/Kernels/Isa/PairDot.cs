using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Isa;

/// <summary>AVX2: vpmaddubsw multiplies pairs of bytes into 16-bit sums, two per row, that may wrap until the group ends.</summary>
internal readonly struct PairDot : IByteDot<Vector256<int>, Vector256<byte>, Vector256<sbyte>>
{
    public static Rung Rung => Rung.Avx2;

    public static bool IsSupported => Avx2.IsSupported;

    public static bool HasByteDot => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> activations)
        => (sum.AsInt16() + Avx2.MultiplyAddAdjacent(weights, activations)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt32(Vector256<int> sum) => Avx2.MultiplyAddAdjacent(sum.AsInt16(), Vector256.Create((short)1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Scales(Vector256<int> scales) => (scales & Vector256.Create(0xFFFF)) | (scales << 16);

    // The scale takes the place of the ones that widen: it is free.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ScaleAdd(Vector256<int> total, Vector256<int> sum, Vector256<int> scales)
        => total + Avx2.MultiplyAddAdjacent(sum.AsInt16(), scales.AsInt16());
}
