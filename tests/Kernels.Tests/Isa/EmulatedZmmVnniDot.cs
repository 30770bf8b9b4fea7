using System.Runtime.Intrinsics;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Tests.Isa;

/// <summary>vpdpbusd of 512 bits as two halves of <see cref="EmulatedVnniDot"/>. All else is <see cref="ZmmVnniDot"/> itself.</summary>
internal readonly struct EmulatedZmmVnniDot : IByteDot<Vector512<int>, Vector512<byte>, Vector512<sbyte>>
{
    public static Rung Rung => ZmmVnniDot.Rung;

    public static bool IsSupported => true;

    public static bool HasByteDot => ZmmVnniDot.HasByteDot;

    public static Vector512<int> ToInt32(Vector512<int> sum) => ZmmVnniDot.ToInt32(sum);

    public static Vector512<int> Scales(Vector512<int> scales) => ZmmVnniDot.Scales(scales);

    public static Vector512<int> ScaleAdd(Vector512<int> total, Vector512<int> sum, Vector512<int> scales)
        => ZmmVnniDot.ScaleAdd(total, sum, scales);

    public static Vector512<int> Add(Vector512<int> sum, Vector512<byte> weights, Vector512<sbyte> activations)
        => Vector512.Create(
            EmulatedVnniDot.Add(sum.GetLower(), weights.GetLower(), activations.GetLower()),
            EmulatedVnniDot.Add(sum.GetUpper(), weights.GetUpper(), activations.GetUpper()));
}
