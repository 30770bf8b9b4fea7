using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Models.Layers;

/// <summary>One row of floats per token id, decoded from the mapped file when it is asked for: a token touches one row.</summary>
public sealed class TokenEmbedding
{
    private readonly GgufTensor tensor;
    private readonly WeightFormat format;
    private readonly int width;
    private readonly long rowBytes;

    internal TokenEmbedding(GgufTensor tensor, WeightFormat format)
    {
        this.tensor = tensor;
        this.format = format;
        width = (int)tensor.Dimensions[0];
        rowBytes = format.RowBytes(width);
    }

    /// <summary>[tokens, width].</summary>
    public Rows Apply(ForwardPass pass)
    {
        var x = pass.Rent(width);
        if (!pass.Cpu.IsMeasuring)
        {
            var tokens = pass.Batch.Tokens;
            for (int row = 0; row < tokens.Length; row++)
                format.Decode(tensor.Slice(tokens[row] * rowBytes, rowBytes), x[row]);
        }

        return x;
    }
}
