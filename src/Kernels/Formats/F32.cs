using System.Runtime.InteropServices;

namespace Hearth.Kernels.Formats;

/// <summary>32-bit IEEE floats, little-endian, one weight a block.</summary>
public readonly partial struct F32 : IWeightFormat
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.F32;

    /// <inheritdoc/>
    public static int BlockWeights => 1;

    /// <inheritdoc/>
    public static int BlockBytes => sizeof(float);

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights)
    {
        Blocks.RequireWhole<F32>(weights.Length, blocks.Length);
        blocks.CopyTo(MemoryMarshal.AsBytes(weights));
    }

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Blocks.RequireWhole<F32>(weights.Length, importance.Length, blocks.Length);
        MemoryMarshal.AsBytes(weights).CopyTo(blocks);
    }
}
