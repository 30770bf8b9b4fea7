using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Attention of a layer: project, prepare queries and keys, store, attend to all that the sequence holds, project back.</summary>
/// <param name="Layer">The layer in the cache.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Settings">Scale, window, caps.</param>
/// <param name="Project">Queries, keys and values.</param>
/// <param name="Steps">What happens to them before they are stored, in order.</param>
/// <param name="OfHeads">What happens to the heads' outputs before they are projected back; null for nothing.</param>
/// <param name="Output">[width, values of all heads].</param>
public sealed record SelfAttention(
    int Layer,
    AttentionShape Shape,
    AttentionSettings Settings,
    IQkvProjection Project,
    IReadOnlyList<IQkvStep> Steps,
    IRowMap? OfHeads,
    Linear Output) : ISublayer
{
    /// <summary>
    /// Loads <c>attn_output</c>, and <c>attn_qkv</c> or <c>attn_q</c>, <c>attn_k</c> and <c>attn_v</c>.
    /// </summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="settings">Scale, window, caps; null for 1 / sqrt(key length) and nothing else.</param>
    /// <param name="steps">What happens to queries, keys and values before they are stored.</param>
    public static SelfAttention Load(
        ModelLoader loader,
        int layer,
        in AttentionShape shape,
        AttentionSettings? settings,
        params IReadOnlyList<IQkvStep> steps)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = $"blk.{layer}.";
        return Load(
            loader,
            layer,
            shape,
            settings,
            IQkvProjection.Load(loader, name, shape),
            steps);
    }

    /// <summary>Loads <c>attn_output</c> for a projection of the family's own.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="settings">Scale, window, caps; null for 1 / sqrt(key length) and nothing else.</param>
    /// <param name="project">Queries, keys and values.</param>
    /// <param name="steps">What happens to queries, keys and values before they are stored.</param>
    public static SelfAttention Load(
        ModelLoader loader,
        int layer,
        in AttentionShape shape,
        AttentionSettings? settings,
        IQkvProjection project,
        params IReadOnlyList<IQkvStep> steps)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new SelfAttention(
            layer,
            shape,
            settings ?? new AttentionSettings(shape.Heads, shape.DefaultScale),
            project,
            steps,
            null,
            loader.Linear($"blk.{layer}.attn_output", shape.Width, shape.Heads * shape.ValueLength));
    }

    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Shape.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return Apply(pass, x, x.Count);
    }

    /// <inheritdoc/>
    /// <remarks>Keys and values are stored of all tokens, but only those that want something attend.</remarks>
    public Rows ApplyToOutputs(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return Apply(pass, x, pass.Batch.OutputCount);
    }

    private Rows Apply(ForwardPass pass, Rows x, int attending)
    {
        var y = pass.Cpu.Rent(attending, Output.Outputs);
        using var scope = pass.Cpu.Scope();
        var heads = Attend(pass, x, attending);
        if (OfHeads != null)
            heads = OfHeads.Apply(pass, heads);
        Output.Apply(pass, heads, y);
        return y;
    }

    /// <summary>The heads' outputs, before they are projected back.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width].</param>
    /// <param name="attending">How many rows attend: all, or those that want something.</param>
    /// <returns>[attending, heads x value length].</returns>
    private Rows Attend(ForwardPass pass, Rows x, int attending)
    {
        var cpu = pass.Cpu;
        var heads = cpu.Rent(attending, Shape.Heads * Shape.ValueLength);
        using var scope = cpu.Scope();
        var qkv = Project.Apply(pass, x);
        for (int i = 0; i < Steps.Count; i++)
            Steps[i].Apply(pass, qkv, Shape);
        cpu.Store(pass.Cache.Pages, Layer, pass.Spans, qkv.Keys, qkv.Values);
        bool all = attending == x.Count;
        var spans = all ? pass.Spans : pass.OutputSpans;
        var queries = all ? qkv.Queries : pass.SelectOutputs(qkv.Queries);
        cpu.Attend(Settings, pass.Cache.Pages, Layer, spans, queries, heads);
        if (qkv.Gate is { } gate)
            cpu.ScaleHeads(all ? gate : pass.SelectOutputs(gate), heads);
        return heads;
    }
}
