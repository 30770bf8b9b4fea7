using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Gemma 3n (Google 2025): four streams of a state of which layers compute one (AltUp), a narrow way past attention (LAuReL), a row of each
/// token for each layer, sparse first feed-forwards, and last layers that look at the keys and values of earlier ones.
/// </summary>
public sealed class Gemma3n : IArchitecture
{
    // Files do not have all of these, so they are the family's own.
    private const int Streams = 4;
    private const int LayersWithKeys = 20;
    private const int SparseLayers = 10;
    private const int LaurelRank = 64;
    private const int InputLength = 256;

    // Of a normal distribution a twentieth lies above.
    private const float SparseDeviations = 1.6448533535003662f;

    private Gemma3n()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["gemma3n"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        float epsilon = parameters.RmsEpsilon;
        int width = shape.Width;
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 5);
        var attention = AttentionShape.Read(loader, shape.Layers, width);
        int own = parameters.Has("attention.shared_kv_layers")
            ? shape.Layers - parameters.Int("attention.shared_kv_layers", 0, shape.Layers - 1)
            : Math.Min(shape.Layers, LayersWithKeys);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadUnstretched(
            loader, RotaryStyle.Halves, RotaryScaling.RotaryLength(loader, attention[0].KeyLength));
        var inputs = PerLayerInputs.Load(
            loader, new ScaledEmbedding(loader.TokenEmbedding(shape), MathF.Sqrt(width)), shape, parameters.Int("embedding_length_per_layer_input", InputLength, 1, 1 << 16), epsilon);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            IGatedUnit unit = i < SparseLayers ? new SparseGeGlu(SparseDeviations) : new GatedUnit(Activation.Gelu);
            var layer = new LaurelLayer(
                Norm(name + "attn_norm"),
                Attention(i, name),
                Norm(name + "post_attention_norm"),
                loader.Linear(name + "laurel_l", LaurelRank, width),
                loader.Linear(name + "laurel_r", width, LaurelRank),
                Norm(name + "laurel_post_norm"),
                new Branch(
                    Norm(name + "ffn_norm"), GatedFeedForward.Load(loader, name, width, inner[i], unit), Norm(name + "post_ffw_norm")));
            return AltUpLayer.Load(loader, name, Streams, width, epsilon, layer, PerLayerBranch.Load(loader, inputs, i, width, epsilon));
        });
        return new Decoder(
            loader,
            shape,
            new AltUpEmbedding(inputs, loader.Linears("altup_proj", Streams - 1, width, width)),
            [rotary, windowedRotary],
            layers,
            new OutputHead(
                new AltUpMerge(loader.Linears("altup_unembd_proj", Streams - 1, width, width), Norm("output_norm")),
                loader.OutputMatrix(shape),
                SoftCap: parameters.Float("final_logit_softcapping", 30)));

        RmsNorm Norm(string name) => loader.RmsNorm(name, width, epsilon);

        ISublayer Attention(int layer, string name)
        {
            var settings = new AttentionSettings(attention[layer].Heads, 1, Window: window.Of(layer));
            var turn = window.Has(layer) ? windowedRotary : rotary;
            if (layer >= own)
            {
                int source = GemmaHeads.Source(loader, layer, own, window, attention);
                return BorrowedAttention.Load(loader, name, source, attention[layer], settings, turn, epsilon);
            }

            return SelfAttention.Load(
                loader,
                layer,
                attention[layer],
                settings,
                QueryKeyNorm.LoadPerHead(loader, layer, attention[layer], epsilon),
                new ValueNorm(epsilon),
                turn);
        }
    }
}
