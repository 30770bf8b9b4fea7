using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// An embedding, and beside it a short row for each token and layer: (norm(W x / sqrt(width)) + sqrt(length) e) / sqrt(2), e being the row
/// that a second table has of the token for the layer.
/// </summary>
/// <param name="Inner">The embedding x.</param>
/// <param name="Table">One row per token, all layers side by side.</param>
/// <param name="Project">[layers x length, width].</param>
/// <param name="Norm">Norm of each layer's part.</param>
/// <param name="Length">Floats of a layer's part.</param>
public sealed record PerLayerInputs(IEmbedding Inner, RowTable Table, Linear Project, RmsNorm Norm, int Length) : IEmbedding
{
    /// <summary>Loads <c>per_layer_token_embd</c>, <c>per_layer_model_proj</c> and <c>per_layer_proj_norm</c>.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static PerLayerInputs Load(ModelLoader loader, IEmbedding inner, ModelShape shape, int length, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(shape);
        int all = checked(shape.Layers * length);
        return new PerLayerInputs(
            inner,
            loader.Table("per_layer_token_embd.weight", shape.VocabularySize, all),
            loader.Linear("per_layer_model_proj", all, shape.Width),
            loader.RmsNorm("per_layer_proj_norm", length, epsilon),
            length);
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var x = Inner.Apply(pass);
        var inputs = Project.Apply(pass, x);
        pass.Keep(this, inputs);
        using var scope = cpu.Scope();
        var looked = pass.Rent(Table.Width);
        if (!cpu.IsMeasuring)
            Table.Read(pass.Batch.Tokens, looked);
        cpu.Scale(inputs, 1 / MathF.Sqrt(x.Width));
        Norm.ApplyToHeads(pass, inputs, Length);
        cpu.AddScaled(looked, MathF.Sqrt(Length), inputs);
        cpu.Scale(inputs, MathF.Sqrt(0.5f));
        return x;
    }

    /// <summary>A layer's part: [tokens, length].</summary>
    public Rows Of(ForwardPass pass, int layer)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return pass.Kept(this).Columns(layer * Length, Length);
    }
}
