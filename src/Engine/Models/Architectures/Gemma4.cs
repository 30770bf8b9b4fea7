using Hearth.Engine.Models.Experts;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Gemma 4 (Google 2026): Gemma 3 without a factor on scores, with norms of value heads too, and global layers whose heads are longer; in the
/// small forms a row of each token for each layer, and last layers that look at the keys and values of earlier ones; in the large ones
/// experts beside the feed-forward, and keys that are values too.
/// </summary>
public sealed class Gemma4 : IArchitecture
{
    private Gemma4()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["gemma4"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        float epsilon = parameters.RmsEpsilon;
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 6);
        var attention = GemmaHeads.Read(loader, shape, window);
        int own = shape.Layers - parameters.Int("attention.shared_kv_layers", 0, 0, shape.Layers - 1);
        int globalLength = parameters.Int("attention.key_length", 2, GemmaHeads.MaxLength);
        int windowedLength = parameters.Int("attention.key_length_swa", globalLength, 2, GemmaHeads.MaxLength);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, globalLength);
        var windowedRotary = RotaryScaling.LoadUnstretched(
            loader, RotaryStyle.Halves, parameters.Int("rope.dimension_count_swa", windowedLength, 2, windowedLength));
        IEmbedding embedding = new ScaledEmbedding(loader.TokenEmbedding(shape), MathF.Sqrt(shape.Width));
        int inputLength = parameters.Int("embedding_length_per_layer_input", 0, 0, 1 << 16);
        var inputs = inputLength == 0 ? null : PerLayerInputs.Load(loader, embedding, shape, inputLength, epsilon);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            bool hasExperts = loader.Has(name + "ffn_gate_inp.weight");
            var layer = new SequentialLayer(
                new Branch(Norm(name + "attn_norm"), Attention(i, name), Norm(name + "post_attention_norm")),
                new Branch(
                    hasExperts ? null : Norm(name + "ffn_norm"),
                    hasExperts ? Experts(name, inner[i]) : GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu),
                    Norm(name + "post_ffw_norm")));
            return new ScaledLayer(
                layer,
                inputs == null ? null : PerLayerBranch.Load(loader, inputs, i, shape.Width, epsilon),
                loader.OptionalVector(name + "layer_output_scale.weight", 1)?.Values[0] ?? 1);
        });
        return new Decoder(
            loader,
            shape,
            inputs ?? embedding,
            [rotary, windowedRotary],
            layers,
            new OutputHead(Norm("output_norm"), loader.OutputMatrix(shape), SoftCap: parameters.Float("final_logit_softcapping", 0)));

        RmsNorm Norm(string name) => loader.RmsNorm(name, shape.Width, epsilon);

        ISublayer Attention(int layer, string name)
        {
            var settings = new AttentionSettings(attention[layer].Heads, 1, Window: window.Of(layer));
            var turn = window.Has(layer) ? windowedRotary : rotary;
            if (layer >= own)
            {
                int source = GemmaHeads.Source(loader, layer, own, window, attention);
                return BorrowedAttention.Load(loader, name, source, attention[layer], settings, turn, epsilon);
            }

            IQkvProjection project = loader.Has(name + "attn_v.weight") || loader.Has(name + "attn_qkv.weight")
                ? IQkvProjection.Load(loader, name, attention[layer])
                : KeyValueProjection.Load(loader, name, attention[layer]);
            return SelfAttention.Load(
                loader,
                layer,
                attention[layer],
                settings,
                project,
                QueryKeyNorm.LoadPerHead(loader, layer, attention[layer], epsilon),
                new ValueNorm(epsilon),
                turn);
        }

        RoutedBesideDense Experts(string name, int denseInner)
        {
            (int count, int chosen) = ExpertRouter.ReadCounts(loader);

            // The scale of the router's input is a vector under the name that elsewhere is a matrix's factor.
            float[] scales = loader.Vector(name + "ffn_gate_inp.scale", shape.Width).Values.ToArray();
            var routerWeight = new FloatVector(Array.ConvertAll(scales, scale => scale / MathF.Sqrt(shape.Width)));
            loader.Own(routerWeight);
            var gate = new Linear(loader.Matrix(name + "ffn_gate_inp.weight", count, shape.Width), null);
            int expertInner = parameters.ExpertLength;
            IExperts experts = GatedFeedForward.LoadExperts(loader, name, count, shape.Width, expertInner, new GatedUnit(Activation.Gelu));
            return new RoutedBesideDense(
                GatedFeedForward.Load(loader, name, shape.Width, denseInner, Activation.Gelu),
                (Norm(name + "ffn_norm"), Norm(name + "post_ffw_norm_1")),
                new MixtureOfExperts(new ExpertRouter(gate, chosen, RouterScore.Softmax, Normalise: true), experts, new WeightedOutputs()),
                (Norm(name + "pre_ffw_norm_2"), Norm(name + "post_ffw_norm_2")),
                new RmsNorm(routerWeight, epsilon));
        }
    }
}
