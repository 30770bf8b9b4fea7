using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Hearth.Kernels.Formats;

/// <summary>16-bit IEEE floats (one sign, five exponent, ten fraction bits), little-endian, one weight a block.</summary>
/// <remarks>Widening is exact. Narrowing rounds to the nearest, ties to even; what is too large becomes an infinity.</remarks>
public readonly partial struct F16 : IWeightFormat
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.F16;

    /// <inheritdoc/>
    public static int BlockWeights => 1;

    /// <inheritdoc/>
    public static int BlockBytes => 2;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights)
    {
        Blocks.RequireWhole<F16>(weights.Length, blocks.Length);
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(blocks), weights);
    }

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Blocks.RequireWhole<F16>(weights.Length, importance.Length, blocks.Length);
        TensorPrimitives.ConvertToHalf(weights, MemoryMarshal.Cast<byte, Half>(blocks));
    }
}
