using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>All integers from <paramref name="low"/> to <paramref name="high"/>; codes count them from zero.</summary>
internal readonly struct IntegerCodes(int low, int high) : ICodes
{
    /// <inheritdoc/>
    public Vector512<float> Targets => Candidates.Around(low < 0 ? low : high, low < 0 ? MathF.Min(4, -0.5f * low) : -2);

    /// <inheritdoc/>
    public Vector512<float> Nearest(Vector512<float> x)
    {
        Vector512<float> whole = Vector512.MaxNative(Vector512.Round(x), Vector512.Create((float)low));
        return Vector512.MinNative(whole, Vector512.Create((float)high));
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> x, float inverse, Span<byte> q) => Rounding.Nearest(x, inverse, -low, high - low, q);
}
