using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
#if NET11_0_OR_GREATER
using System.Runtime.Intrinsics.X86;
#endif

namespace Hearth.Kernels.Isa;

/// <summary>AVX-512 with VNNI, which C# can name from .NET 11 on: vpdpbusd multiplies and adds full-range bytes into one 32-bit sum per row.</summary>
internal readonly struct ZmmVnniDot : IByteDot<Vector512<int>, Vector512<byte>, Vector512<sbyte>>
{
    public static Rung Rung => Rung.Avx512Vnni;

    public static bool HasByteDot => true;

#if NET11_0_OR_GREATER
    public static bool IsSupported => AvxVnni.V512.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> sum, Vector512<byte> weights, Vector512<sbyte> activations)
        => AvxVnni.V512.MultiplyWideningAndAdd(sum, weights, activations);
#else
    public static bool IsSupported => false;

    public static Vector512<int> Add(Vector512<int> sum, Vector512<byte> weights, Vector512<sbyte> activations)
        => throw new PlatformNotSupportedException();
#endif

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ToInt32(Vector512<int> sum) => sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Scales(Vector512<int> scales) => scales;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ScaleAdd(Vector512<int> total, Vector512<int> sum, Vector512<int> scales) => total + (sum * scales);
}
