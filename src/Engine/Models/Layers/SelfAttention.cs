using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Attention of a layer: project, prepare queries and keys, store, attend to all that the sequence holds, project back.</summary>
/// <param name="Layer">The layer in the cache.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Settings">Scale, window, caps.</param>
/// <param name="Project">Queries, keys and values.</param>
/// <param name="Steps">What happens to them before they are stored, in order.</param>
/// <param name="Output">[width, heads x value length].</param>
public sealed record SelfAttention(
    int Layer,
    AttentionShape Shape,
    AttentionSettings Settings,
    QkvProjection Project,
    IReadOnlyList<IQkvStep> Steps,
    Linear Output)
{
    /// <summary>Loads <c>attn_q</c>, <c>attn_k</c>, <c>attn_v</c> and <c>attn_output</c>; the scale is 1 / sqrt(key length).</summary>
    public static SelfAttention Load(ModelLoader loader, int layer, in AttentionShape shape, params IReadOnlyList<IQkvStep> steps)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = $"blk.{layer}.";
        return new SelfAttention(
            layer,
            shape,
            new AttentionSettings(shape.Heads, shape.DefaultScale),
            QkvProjection.Load(loader, name, shape),
            steps,
            loader.Linear(name + "attn_output", shape.Width, shape.Heads * shape.ValueLength));
    }

    /// <summary>residual += the attention of x.</summary>
    public void AddTo(ForwardPass pass, Rows x, Rows residual)
    {
        using var scope = pass.Cpu.Scope();
        Output.AddTo(pass, Attend(pass, x), residual);
    }

    /// <summary>The heads' outputs, before they are projected back.</summary>
    /// <returns>[n, heads x value length].</returns>
    public Rows Attend(ForwardPass pass, Rows x)
    {
        var cpu = pass.Cpu;
        var heads = cpu.Rent(x.Count, Shape.Heads * Shape.ValueLength);
        using var scope = cpu.Scope();
        var qkv = Project.Apply(pass, x);
        for (int i = 0; i < Steps.Count; i++)
            Steps[i].Apply(pass, qkv, Shape);
        cpu.Store(pass.Cache.Pages, Layer, pass.Spans, qkv.Keys, qkv.Values);
        cpu.Attend(Settings, pass.Cache.Pages, Layer, pass.Spans, qkv.Queries, heads);
        return heads;
    }
}
