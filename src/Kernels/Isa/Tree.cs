using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector128<float> four)
        => Greater(Greater(four.GetElement(0), four.GetElement(2)), Greater(four.GetElement(1), four.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Greater(float left, float right) => left > right ? left : right;
}
