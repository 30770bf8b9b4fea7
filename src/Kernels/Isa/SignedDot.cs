using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Hearth.Kernels.Isa;

/// <summary>Arm64 with the dot-product extension: SDOT.</summary>
internal readonly struct SignedDot : INeonDot
{
    public static Rung Rung => Rung.NeonDot;

    public static bool IsSupported => Dp.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> sum, Vector128<sbyte> weights, Vector128<sbyte> activations)
        => Dp.DotProduct(sum, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddSelected(
        Vector128<int> sum, Vector128<sbyte> weights, Vector128<sbyte> activations, [ConstantExpected(Max = (byte)3)] byte quad)
        => Dp.DotProductBySelectedQuadruplet(sum, weights, activations, quad);
}
