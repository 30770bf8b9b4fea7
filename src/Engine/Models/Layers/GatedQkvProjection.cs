using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values, and a gate of what each head gives; query and gate of a head stand together in one matrix.</summary>
/// <param name="QueryGate">[heads x (query, gate), width].</param>
/// <param name="Key">[KV heads x key length, width].</param>
/// <param name="Value">[KV heads x value length, width].</param>
/// <param name="HeadLength">Values of a query, and of a gate.</param>
public sealed record GatedQkvProjection(Linear QueryGate, Linear Key, Linear Value, int HeadLength) : IQkvProjection
{
    /// <summary>Loads <c>attn_q</c>, which holds the gates too, <c>attn_k</c> and <c>attn_v</c> of a layer.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing or of another shape, or keys and values differ in length.</exception>
    public static GatedQkvProjection Load(ModelLoader loader, string layer, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        if (shape.KeyLength != shape.ValueLength)
        {
            throw new InvalidModelException(
                $"{loader.Name}: heads of {shape.ValueLength} values cannot have gates of {shape.KeyLength}; the file is damaged.");
        }

        return new GatedQkvProjection(
            loader.Linear(layer + "attn_q", 2 * shape.Heads * shape.KeyLength, shape.Width),
            loader.Linear(layer + "attn_k", shape.KvHeads * shape.KeyLength, shape.Width),
            loader.Linear(layer + "attn_v", shape.KvHeads * shape.ValueLength, shape.Width),
            shape.KeyLength);
    }

    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var queries = cpu.Rent(x.Count, QueryGate.Outputs / 2);
        var gate = cpu.Rent(x.Count, QueryGate.Outputs / 2);
        var keys = cpu.Rent(x.Count, Key.Outputs);
        var values = cpu.Rent(x.Count, Value.Outputs);
        using var scope = cpu.Scope();
        var both = cpu.Rent(x.Count, QueryGate.Outputs);
        var input = Cpu.Prepare(x);
        cpu.Multiply(ref input, QueryGate.Weights, both, Key.Weights, keys, Value.Weights, values);
        QueryGate.Finish(pass, x, both);
        Key.Finish(pass, x, keys);
        Value.Finish(pass, x, values);
        cpu.SplitHeads(both, HeadLength, queries, gate);
        cpu.Activate(Activation.Sigmoid, gate);
        return new Qkv(queries, keys, values, gate);
    }
}
