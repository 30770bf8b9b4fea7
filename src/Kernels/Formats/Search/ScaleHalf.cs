using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>Half-precision scales that a search found, as a block stores them.</summary>
internal static class ScaleHalf
{
    /// <summary>The nearest finite half; zero for a NaN.</summary>
    internal static Half Nearest(float scale)
    {
        float largest = (float)Half.MaxValue;
        return float.IsNaN(scale) ? Half.Zero : (Half)Math.Clamp(scale, -largest, largest);
    }

    /// <summary>Writes the nearest finite half and returns what a reader will see.</summary>
    internal static float Write(Span<byte> target, float scale)
    {
        Half half = Nearest(scale);
        BinaryPrimitives.WriteHalfLittleEndian(target, half);
        return (float)half;
    }

    /// <summary>The nearest finite halves; zero for NaNs.</summary>
    internal static Vector512<float> Nearest(Vector512<float> scales)
    {
        for (int i = 0; i < Vector512<float>.Count; i++)
            scales = scales.WithElement(i, (float)Nearest(scales[i]));
        return scales;
    }

    /// <summary><c>1 / scale</c> lane by lane, and zero where that is not a finite number.</summary>
    internal static Vector512<float> Inverse(Vector512<float> scales)
    {
        Vector512<float> inverse = Vector512<float>.One / scales;
        return Vector512.ConditionalSelect(Vector512.IsFinite(inverse), inverse, Vector512<float>.Zero);
    }

    /// <summary><c>1 / scale</c>, and zero where that is not a finite number: every code of such a block is then that of zero.</summary>
    internal static float Inverse(float scale)
    {
        float inverse = 1 / scale;
        return float.IsFinite(inverse) ? inverse : 0;
    }
}
