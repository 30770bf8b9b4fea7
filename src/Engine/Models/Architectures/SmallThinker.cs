using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// SmallThinker (2025), made for machines with slow storage: ReGLU experts whose router reads the layer's raw input; three windowed layers
/// with rotation to a global one without.
/// </summary>
public sealed class SmallThinker : IArchitecture
{
    // The reference engine takes this size for every file that has a window.
    private const int WindowSize = 4096;

    // It marks models that rotate everywhere by a step as long as the model, so that four layers all rotate.
    private const int LayersPerGlobal = 4;

    private SmallThinker()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["smallthinker"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int expertInner = loader.Parameters.Int("expert_feed_forward_length");
        float epsilon = loader.Parameters.RmsEpsilon;
        var score = ExpertRouter.ReadScore(loader);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadWindowed(loader, RotaryStyle.Halves, attention[0].KeyLength, rotary);
        bool windowed = loader.Parameters.Int("attention.sliding_window", 0, 0, int.MaxValue) > 0;
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: LayersPerGlobal, globalFirst: true).WithSize(windowed ? WindowSize : 0);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            bool rotates = !windowed || shape.Layers == LayersPerGlobal || i % LayersPerGlobal != 0;
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window.Of(i));
            return new EarlyRoutedLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], settings, rotates ? [window.Has(i) ? windowedRotary : rotary] : [])),
                loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                MixtureOfExperts.Load(loader, name, shape.Width, expertInner, Activation.Relu, score, normalise: true));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary, windowedRotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
