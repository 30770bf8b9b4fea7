using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values of the same input: packed once, multiplied as one parallel region.</summary>
/// <param name="Query">[heads x key length, width].</param>
/// <param name="Key">[KV heads x key length, width].</param>
/// <param name="Value">[KV heads x value length, width].</param>
public sealed record QkvProjection(Linear Query, Linear Key, Linear Value) : IQkvProjection
{
    /// <summary>Loads <c>attn_q</c>, <c>attn_k</c> and <c>attn_v</c> of a layer, with their biases where the file has them.</summary>
    public static QkvProjection Load(ModelLoader loader, string layer, in AttentionShape shape)
        => new(
            loader.Linear(layer + "attn_q", shape.Heads * shape.KeyLength, shape.Width),
            loader.Linear(layer + "attn_k", shape.KvHeads * shape.KeyLength, shape.Width),
            loader.Linear(layer + "attn_v", shape.KvHeads * shape.ValueLength, shape.Width));

    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x)
    {
        var cpu = pass.Cpu;
        var result = new Qkv(
            cpu.Rent(x.Count, Query.Outputs),
            cpu.Rent(x.Count, Key.Outputs),
            cpu.Rent(x.Count, Value.Outputs));
        using var scope = cpu.Scope();
        var input = Cpu.Prepare(x);
        cpu.Multiply(ref input, Query.Weights, result.Queries, Key.Weights, result.Keys, Value.Weights, result.Values);
        Query.Finish(pass, x, result.Queries);
        Key.Finish(pass, x, result.Keys);
        Value.Finish(pass, x, result.Values);
        return result;
    }
}
