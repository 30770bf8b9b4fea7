using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Isa;

/// <summary>AVX-VNNI: vpdpbusd multiplies and adds full-range bytes into one 32-bit sum per row.</summary>
internal readonly struct VnniDot : IByteDot<Vector256<int>, Vector256<byte>, Vector256<sbyte>>
{
    public static Rung Rung => Rung.AvxVnni;

    public static bool IsSupported => AvxVnni.IsSupported;

    public static bool HasByteDot => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> activations)
        => AvxVnni.MultiplyWideningAndAdd(sum, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt32(Vector256<int> sum) => sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Scales(Vector256<int> scales) => scales;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ScaleAdd(Vector256<int> total, Vector256<int> sum, Vector256<int> scales) => total + (sum * scales);
}
