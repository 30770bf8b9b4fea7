using System.Runtime.Intrinsics;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Tests.Isa;

/// <summary>
/// vpdpbusd in plain C#, so that the code around it is tested on CPUs without AVX-VNNI. All else is <see cref="VnniDot"/> itself.
/// </summary>
internal readonly struct EmulatedVnniDot : IByteDot<Vector256<int>, Vector256<byte>, Vector256<sbyte>>
{
    public static Rung Rung => VnniDot.Rung;

    public static bool IsSupported => true;

    public static bool HasByteDot => VnniDot.HasByteDot;

    public static Vector256<int> ToInt32(Vector256<int> sum) => VnniDot.ToInt32(sum);

    public static Vector256<int> Scales(Vector256<int> scales) => VnniDot.Scales(scales);

    public static Vector256<int> ScaleAdd(Vector256<int> total, Vector256<int> sum, Vector256<int> scales)
        => VnniDot.ScaleAdd(total, sum, scales);

    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> activations)
    {
        for (int lane = 0; lane < 8; lane++)
        {
            int total = sum[lane];
            for (int j = 4 * lane; j < (4 * lane) + 4; j++)
                total += weights[j] * activations[j];
            sum = sum.WithElement(lane, total);
        }

        return sum;
    }
}
