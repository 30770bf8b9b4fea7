using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values as one matrix: the rows of all queries, then of all keys, then of all values.</summary>
/// <param name="Matrix">[all, width].</param>
/// <param name="Shape">Sizes of the parts.</param>
public sealed record FusedQkvProjection(Linear Matrix, AttentionShape Shape) : IQkvProjection
{
    /// <summary>Loads <c>attn_qkv</c> of a layer. Its bias may be three.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static FusedQkvProjection Load(ModelLoader loader, string layer, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int queries = shape.Heads * shape.KeyLength;
        int keys = shape.KvHeads * shape.KeyLength;
        int values = shape.KvHeads * shape.ValueLength;
        var matrix = loader.Linear(layer + "attn_qkv", queries + keys + values, shape.Width);
        if (matrix.Bias == null)
        {
            matrix = matrix with
            {
                Bias = loader.OptionalVectors(
                    [(layer + "attn_q.bias", queries), (layer + "attn_k.bias", keys), (layer + "attn_v.bias", values)]),
            };
        }

        return new FusedQkvProjection(matrix, shape);
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
