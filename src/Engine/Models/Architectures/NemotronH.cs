using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Nemotron-H and Nemotron 3 (NVIDIA 2025): each layer is one branch, which the file's lengths tell: a feed-forward with squared ReLU
/// where it has neurons, attention without positions where it has KV heads, Mamba-2 where it has neither. The feed-forward may be experts
/// with one for all tokens, and the experts may work in a latent space.
/// </summary>
public sealed class NemotronH : IArchitecture
{
    private NemotronH()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["nemotron_h", "nemotron_h_moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        var recurrence = StateSpaceShape.ReadHeads(loader, shape.Width);
        int[] inner = loader.Parameters.IntPerLayer("feed_forward_length", shape.Layers, 0, 1 << 20);
        float epsilon = loader.Parameters.RmsEpsilon;
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new ResidualLayer(new Branch(loader.RmsNorm(name + "attn_norm", shape.Width, epsilon), BodyOf(name, i)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));

        ISublayer BodyOf(string name, int layer)
        {
            if (inner[layer] == 0)
            {
                return attention[layer].KvHeads == 0
                    ? Mamba2Mixer.Load(loader, layer, recurrence, epsilon)
                    : SelfAttention.Load(loader, layer, attention[layer], null);
            }

            if (!loader.Has(name + "ffn_gate_inp.weight"))
                return FeedForward.Load(loader, name, shape.Width, inner[layer], Activation.ReluSquared);
            int sharedInner = loader.Parameters.Int("expert_shared_feed_forward_length");
            return new SharedExpert(
                Experts(name),
                FeedForward.Load(loader, name, shape.Width, sharedInner, Activation.ReluSquared, "_shexp"),
                null);
        }

        ISublayer Experts(string name)
        {
            bool normalise = loader.Parameters.Flag("expert_weights_norm", false);
            var router = ExpertRouter.Load(loader, name, shape.Width, RouterScore.Sigmoid, normalise, loader.Parameters.Factor("expert_weights_scale", 1));
            int latent = loader.Parameters.Int("moe_latent_size", 0, 0, 1 << 20);
            int width = latent > 0 ? latent : shape.Width;
            var mixture = new MixtureOfExperts(
                router,
                FeedForward.LoadExperts(loader, name, router.Experts, width, loader.Parameters.ExpertLength, Activation.ReluSquared),
                new WeightedOutputs());
            return latent == 0
                ? mixture
                : new LatentMixture(
                    loader.Linear(name + "ffn_latent_down", latent, shape.Width),
                    mixture,
                    loader.Linear(name + "ffn_latent_up", shape.Width, latent));
        }
    }
}
