using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Hearth.Kernels.Isa;

/// <summary>Baseline Arm64: products of 16 bits (SMULL), added in pairs (ADDP), then pairwise into 32-bit sums (SADALP).</summary>
internal readonly struct WideningDot : INeonDot
{
    public static Rung Rung => Rung.Neon;

    public static bool IsSupported => AdvSimd.Arm64.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> sum, Vector128<sbyte> weights, Vector128<sbyte> activations)
    {
        // A pair is at most 2 x 128 x 127 in magnitude, which 16 bits hold.
        var low = AdvSimd.MultiplyWideningLower(weights.GetLower(), activations.GetLower());
        var high = AdvSimd.MultiplyWideningUpper(weights, activations);
        return AdvSimd.AddPairwiseWideningAndAdd(sum, AdvSimd.Arm64.AddPairwise(low, high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddSelected(
        Vector128<int> sum, Vector128<sbyte> weights, Vector128<sbyte> activations, [ConstantExpected(Max = (byte)3)] byte quad)
        => Add(sum, weights, AdvSimd.DuplicateSelectedScalarToVector128(activations.AsInt32(), quad).AsSByte());
}
