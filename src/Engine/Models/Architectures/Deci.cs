using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Nemotron 51B, Super 49B and Ultra 253B (Bercovich et al. 2024): Llama after a search for what each layer can do without, so that some have
/// no attention, one matrix in its place, or no feed-forward.
/// </summary>
public sealed class Deci : IArchitecture
{
    private Deci()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["deci"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.ReadWithGaps(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.IntPerLayer("feed_forward_length", shape.Layers, 0, 1 << 20);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new PartialLayer(
                attention[i].Heads == 0 ? null : new Branch(loader.RmsNorm(name + "attn_norm", shape.Width, epsilon), Mixer(i, name)),
                inner[i] == 0
                    ? null
                    : new Branch(
                        loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                        GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));

        ISublayer Mixer(int layer, string name) => attention[layer].KvHeads == 0
            ? new LinearSublayer(loader.Linear(name + "attn_output", shape.Width, shape.Width))
            : SelfAttention.Load(loader, layer, attention[layer], null, rotary);
    }
}
