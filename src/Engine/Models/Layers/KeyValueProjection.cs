using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries and keys; values are the keys, before anything happens to either.</summary>
/// <param name="Query">[heads x key length, width].</param>
/// <param name="Key">[KV heads x key length, width].</param>
public sealed record KeyValueProjection(Linear Query, Linear Key) : IQkvProjection
{
    /// <summary>Loads <c>attn_q</c> and <c>attn_k</c> of a layer.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing or of another shape, or keys and values differ in length.</exception>
    public static KeyValueProjection Load(ModelLoader loader, string layer, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        if (shape.KeyLength != shape.ValueLength)
        {
            throw new InvalidModelException(
                $"{loader.Name}: keys of {shape.KeyLength} values cannot be values of {shape.ValueLength}; the file is damaged.");
        }

        return new KeyValueProjection(
            loader.Linear(layer + "attn_q", shape.Heads * shape.KeyLength, shape.Width),
            loader.Linear(layer + "attn_k", shape.KvHeads * shape.KeyLength, shape.Width));
    }

    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var queries = cpu.Rent(x.Count, Query.Outputs);
        var keys = cpu.Rent(x.Count, Key.Outputs);
        var values = cpu.Rent(x.Count, Key.Outputs);
        using var scope = cpu.Scope();
        var input = Cpu.Prepare(x);
        cpu.Multiply(ref input, Query.Weights, queries, Key.Weights, keys);
        Query.Finish(pass, x, queries);
        Key.Finish(pass, x, keys);
        cpu.Copy(keys, values);
        return new Qkv(queries, keys, values);
    }
}
