using System.Buffers.Binary;

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

    /// <summary><c>1 / scale</c>, and zero where that is not a finite number: every code of such a block is then that of zero.</summary>
    internal static float Inverse(float scale)
    {
        float inverse = 1 / scale;
        return float.IsFinite(inverse) ? inverse : 0;
    }
}
