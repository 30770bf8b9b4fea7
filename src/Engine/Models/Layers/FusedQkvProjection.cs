using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values as one matrix: the rows of all queries, then of all keys, then of all values.</summary>
/// <param name="Matrix">[all, width].</param>
/// <param name="Shape">Sizes of the parts.</param>
public sealed record FusedQkvProjection(Linear Matrix, AttentionShape Shape) : IQkvProjection
{
    /// <summary>Loads <c>attn_qkv</c> of a layer.</summary>
    public static FusedQkvProjection Load(ModelLoader loader, string layer, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int rows = (shape.Heads * shape.KeyLength) + (shape.KvHeads * (shape.KeyLength + shape.ValueLength));
        return new FusedQkvProjection(loader.Linear(layer + "attn_qkv", rows, shape.Width), shape);
    }

    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x)
    {
        var all = Matrix.Apply(pass, x);
        int queries = Shape.Heads * Shape.KeyLength;
        int keys = Shape.KvHeads * Shape.KeyLength;
        return new Qkv(
            all.Columns(0, queries),
            all.Columns(queries, keys),
            all.Columns(queries + keys, Shape.KvHeads * Shape.ValueLength));
    }
}
