using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Attention of a layer that has queries alone: it looks at the keys and values that an earlier layer stored.</summary>
/// <param name="Source">The earlier layer.</param>
/// <param name="Shape">Sizes, the KV heads being the earlier layer's.</param>
/// <param name="Settings">Scale, window, caps.</param>
/// <param name="Query">[heads x key length, width].</param>
/// <param name="QueryNorm">Norm of each query head.</param>
/// <param name="Rotary">Turns the queries as the earlier layer turned its keys.</param>
/// <param name="Output">[width, values of all heads].</param>
public sealed record BorrowedAttention(
    int Source, AttentionShape Shape, AttentionSettings Settings, Linear Query, RmsNorm QueryNorm, RotaryEmbedding Rotary, Linear Output) : ISublayer
{
    /// <summary>Loads <c>attn_q</c>, <c>attn_q_norm</c> and <c>attn_output</c> of a layer. Files may bring its trained keys and values too.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static BorrowedAttention Load(
        ModelLoader loader, string layer, int source, in AttentionShape shape, AttentionSettings settings, RotaryEmbedding rotary, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        foreach (string spare in (string[])["attn_k.weight", "attn_v.weight", "attn_k_norm.weight"])
            loader.LeaveUnread(layer + spare);
        return new BorrowedAttention(
            source,
            shape,
            settings,
            loader.Linear(layer + "attn_q", shape.Heads * shape.KeyLength, shape.Width),
            loader.RmsNorm(layer + "attn_q_norm", shape.KeyLength, epsilon),
            rotary,
            loader.Linear(layer + "attn_output", shape.Width, shape.Heads * shape.ValueLength));
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, Output.Outputs);
        using var scope = cpu.Scope();
        var queries = Query.Apply(pass, x);
        var heads = cpu.Rent(x.Count, Shape.Heads * Shape.ValueLength);
        QueryNorm.ApplyToHeads(pass, queries, Shape.KeyLength);
        Rotary.Turn(pass, queries, Shape.KeyLength);
        cpu.Attend(Settings, pass.Cache.Pages, Source, pass.Spans, queries, heads);
        Output.Apply(pass, heads, y);
        return y;
    }
}
