using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Formats;

/// <summary>Walks rows block by block: the checks and the loop that all block types share.</summary>
internal static class Blocks
{
    internal static void Decode<TFormat>(ReadOnlySpan<byte> blocks, Span<float> weights)
        where TFormat : struct, IBlockCodec
    {
        int count = RequireWhole<TFormat>(weights.Length, blocks.Length);
        for (int i = 0; i < count; i++)
        {
            TFormat.DecodeBlock(
                blocks.Slice(i * TFormat.BlockBytes, TFormat.BlockBytes),
                weights.Slice(i * TFormat.BlockWeights, TFormat.BlockWeights));
        }
    }

    /// <remarks>
    /// A NaN is encoded as zero and an infinity as the largest half of its sign, so that an encoder sees finite values alone.
    /// </remarks>
    [SkipLocalsInit]
    internal static void Encode<TFormat>(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        where TFormat : struct, IBlockCodec
    {
        int count = RequireWhole<TFormat>(weights.Length, importance.Length, blocks.Length);
        bool isFinite = TensorPrimitives.IsFiniteAll(weights);
        Span<float> finite = stackalloc float[TFormat.BlockWeights];
        for (int i = 0; i < count; i++)
        {
            scoped ReadOnlySpan<float> x = weights.Slice(i * TFormat.BlockWeights, TFormat.BlockWeights);
            if (!isFinite)
            {
                CopyFinite(x, finite);
                x = finite;
            }

            TFormat.EncodeBlock(
                x,
                importance.IsEmpty ? default : importance.Slice(i * TFormat.BlockWeights, TFormat.BlockWeights),
                blocks.Slice(i * TFormat.BlockBytes, TFormat.BlockBytes));
        }
    }

    /// <summary>Checks that weights and bytes make the same whole number of blocks, and returns it.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    internal static int RequireWhole<TFormat>(int weights, int bytes)
        where TFormat : struct, IWeightFormat
    {
        (int count, int rest) = Math.DivRem(weights, TFormat.BlockWeights);
        if (rest != 0 || bytes != (long)count * TFormat.BlockBytes)
            ThrowNotWhole<TFormat>(weights, bytes);
        return count;
    }

    /// <summary>As the shorter overload; also that importances are as many as weights or none.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    internal static int RequireWhole<TFormat>(int weights, int importance, int bytes)
        where TFormat : struct, IWeightFormat
    {
        if (importance != 0 && importance != weights)
            throw new ArgumentException($"{importance} importances do not fit {weights} weights.", nameof(importance));
        return RequireWhole<TFormat>(weights, bytes);
    }

    /// <summary>For types that are not encoded without knowing what matters.</summary>
    /// <exception cref="ArgumentException">There is no importance.</exception>
    internal static void RequireImportance<TFormat>(ReadOnlySpan<float> importance)
        where TFormat : struct, IWeightFormat
    {
        if (importance.IsEmpty)
            throw new ArgumentException($"{TFormat.Type} needs the importance of the columns (an importance matrix).", nameof(importance));
    }

    private static void ThrowNotWhole<TFormat>(int weights, int bytes)
        where TFormat : struct, IWeightFormat
        => throw new ArgumentException(
            $"{weights} weights and {bytes} bytes are not the same number of {TFormat.Type} blocks " +
            $"of {TFormat.BlockWeights} weights in {TFormat.BlockBytes} bytes.");

    private static void CopyFinite(ReadOnlySpan<float> x, Span<float> finite)
    {
        float largest = (float)Half.MaxValue;
        for (int i = 0; i < x.Length; i++)
            finite[i] = float.IsFinite(x[i]) ? x[i] : float.IsNaN(x[i]) ? 0 : float.CopySign(largest, x[i]);
    }
}
