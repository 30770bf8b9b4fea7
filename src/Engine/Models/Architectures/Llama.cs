using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Llama 1 to 3.2, Mistral 7B, TinyLlama, SmolLM and their kin (Touvron et al. 2023): RMSNorm before attention and feed-forward, rotary
/// pairs of neighbouring values over whole heads, grouped-query attention, SwiGLU; biases,
/// tied output and a mixture of experts (Mixtral) where the file has them.
/// </summary>
public sealed class Llama : Architecture, IArchitecture<Llama>
{
    private readonly Decoder decoder;

    private Llama(ModelLoader loader, ModelShape shape)
        : base(loader, shape)
    {
        float epsilon = loader.Parameters.Float("attention.layer_norm_rms_epsilon");
        int[] inner = loader.Parameters.IntPerLayer("feed_forward_length", shape.Layers, 1, 1 << 20);
        int experts = loader.Parameters.Int("expert_count", 0, 0, 1 << 16);
        int chosen = MixtureOfExperts.CheckChosen(loader, experts, loader.Parameters.Int("expert_used_count", 0, 0, 1 << 16));
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength, attention[0].KeyLength);
        var embedding = loader.TokenEmbedding("token_embd.weight", shape.VocabularySize, shape.Width);
        var layers = new IDecoderLayer[shape.Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            string name = $"blk.{i}.";
            layers[i] = new PreNormLayer(
                loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                SelfAttention.Load(loader, i, attention[i], rotary),
                loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                experts == 0
                    ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                    : new MixtureOfExperts(
                        new ExpertRouter(
                            loader.Linear(name + "ffn_gate_inp", experts, shape.Width), chosen, RouterScore.Softmax, Normalise: true),
                        ExpertMatrices.Load(loader, name, experts, shape.Width, inner[i]),
                        Activation.Silu));
        }

        decoder = new Decoder(
            embedding,
            [rotary],
            layers,
            loader.RmsNorm("output_norm", shape.Width, epsilon),
            loader.OutputHead(shape.VocabularySize, shape.Width));
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["llama"];

    /// <inheritdoc/>
    public static Llama Load(ModelLoader loader) => new(loader, ModelShape.Read(loader));

    /// <inheritdoc/>
    public override KvLayerShape[] CacheLayers(KvType keys, KvType values) => decoder.CacheLayers(keys, values);

    /// <inheritdoc/>
    public override void Forward(ForwardPass pass) => decoder.Forward(pass);
}
