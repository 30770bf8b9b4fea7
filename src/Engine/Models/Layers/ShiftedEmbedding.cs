using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>An embedding plus the same row for every token.</summary>
/// <param name="Inner">The embedding.</param>
/// <param name="Shift">[width].</param>
public sealed record ShiftedEmbedding(IEmbedding Inner, FloatVector Shift) : IEmbedding
{
    /// <summary>Adds the first row of <c>token_types</c>, the type of all tokens of a single text, where the file has such types.</summary>
    public static IEmbedding LoadTokenType(ModelLoader loader, IEmbedding inner, int width)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return loader.Has("token_types.weight") ? new ShiftedEmbedding(inner, loader.FirstRow("token_types.weight", width)) : inner;
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var x = Inner.Apply(pass);
        pass.Cpu.AddBias(Shift, x);
        return x;
    }
}
