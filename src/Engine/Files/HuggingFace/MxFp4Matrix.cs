using Hearth.Engine.Files.Safetensors;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// Blocks of 32 values of four bits and their exponents, which a folder keeps in two tensors, as GGUF's MXFP4, whose blocks have the same
/// values in another order.
/// </summary>
/// <remarks>
/// <code>
/// blocks [..., rows, groups, 16] U8: byte i has value 2i in its lower half, value 2i + 1 in its upper one
/// scales [..., rows, groups] U8: exponent + 127
/// GGUF:  exponent, then 16 bytes: byte i has value i in its lower half, value i + 16 in its upper one
/// </code>
/// Source: the weights of gpt-oss.
/// </remarks>
internal sealed class MxFp4Matrix : FolderMatrix
{
    private const int GroupBytes = 16;
    private const int GroupValues = 32;
    private const int BlockBytes = 17;

    private readonly SafetensorsTensor scales;
    private readonly long groups;

    /// <summary>Joins blocks and scales.</summary>
    /// <exception cref="InvalidModelException">The two do not belong together.</exception>
    public MxFp4Matrix(SafetensorsTensor blocks, SafetensorsTensor scales)
        : base(blocks, WeightType.MXFP4, ShapeOf(blocks, scales))
    {
        this.scales = scales;
        groups = scales.Columns;
    }

    public override void Copy(long row, Span<byte> target)
    {
        var exponents = scales.Row(row);
        for (int group = 0; (group + 1) * BlockBytes <= target.Length; group++)
        {
            var source = Tensor.Row((row * groups) + group);
            var block = target.Slice(group * BlockBytes, BlockBytes);
            block[0] = exponents[group];
            for (int i = 0; i < GroupBytes; i++)
                block[i + 1] = (byte)(Value(source, i) | (Value(source, i + GroupBytes) << 4));
        }
    }

    private static int Value(ReadOnlySpan<byte> group, int at) => (group[at / 2] >> (at % 2 * 4)) & 15;

    private static long[] ShapeOf(SafetensorsTensor blocks, SafetensorsTensor scales)
    {
        if (blocks.TypeName != "U8" || scales.TypeName != "U8" || blocks.Shape.Length < 3 || blocks.Columns != GroupBytes
            || !blocks.Shape.AsSpan(0, blocks.Shape.Length - 1).SequenceEqual(scales.Shape))
        {
            throw Misfit(
                blocks,
                $"of {blocks.TypeName} and {scales.Name} [{string.Join(", ", scales.Shape)}] of {scales.TypeName} are no blocks of 16 bytes with a scale each");
        }

        return [.. scales.Shape[..^1], checked(scales.Columns * GroupValues)];
    }
}
