using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values, and a gate of what each head gives; query and gate of a head stand together among the queries.</summary>
/// <param name="Project">Twice as many queries as there are heads, keys and values.</param>
/// <param name="HeadLength">Values of a query, and of a gate.</param>
public sealed record GatedQkvProjection(IQkvProjection Project, int HeadLength) : IQkvProjection
{
    /// <summary>Loads what makes a layer's queries with their gates, its keys and its values.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing or of another shape, or keys and values differ in length.</exception>
    public static GatedQkvProjection Load(ModelLoader loader, string layer, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        if (shape.KeyLength != shape.ValueLength)
        {
            throw new InvalidModelException(
                $"{loader.Name}: heads of {shape.ValueLength} values cannot have gates of {shape.KeyLength}; the file is damaged.");
        }

        return new GatedQkvProjection(IQkvProjection.Load(loader, layer, shape with { Heads = 2 * shape.Heads }), shape.KeyLength);
    }

    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var both = Project.Apply(pass, x);
        var queries = cpu.Rent(x.Count, both.Queries.Width / 2);
        var gate = cpu.Rent(x.Count, both.Queries.Width / 2);
        cpu.SplitHeads(both.Queries, HeadLength, queries, gate);
        cpu.Activate(Activation.Sigmoid, gate);
        return new Qkv(queries, both.Keys, both.Values, gate);
    }
}
