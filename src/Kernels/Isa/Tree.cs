using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Isa;

/// <summary>The last two steps of the reduction tree: lane i with i + 2, then i + 1.</summary>
internal static class Tree
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> four)
    {
        float first = four.GetElement(0) + four.GetElement(2);
        float second = four.GetElement(1) + four.GetElement(3);
        return first + second;
    }

    // Without branches, which nobody could predict: three wrong guesses once cost more than all else in the packing of activations.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector128<float> four)
    {
        var two = Greater(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return Greater(two, Vector128.Shuffle(two, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Greater(Vector128<float> left, Vector128<float> right)
        => Sse.IsSupported ? Sse.Max(left, right) : Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), left, right);
}
