namespace Hearth.Engine.Models.Layers;

/// <summary>
/// The decoder that most families are: attention, then feed-forward, each on a residual branch with a norm before it; a last norm, and logits.
/// A family's page says what is its own.
/// </summary>
internal static class PreNormDecoder
{
    /// <summary>Puts a model together.</summary>
    /// <param name="loader">Where its weights come from.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="norm">Loads the norm of a name.</param>
    /// <param name="rotaries">Rotary embeddings whose angles the layers use.</param>
    /// <param name="attention">Loads the attention, or what stands in its place, of a layer; gets its number and the beginning of its names.</param>
    /// <param name="feedForward">Loads the feed-forward of a layer.</param>
    /// <param name="feedForwardNorm">What the norm before the feed-forward is called.</param>
    /// <exception cref="InvalidModelException">A tensor is missing or has another shape.</exception>
    public static Decoder Load(
        ModelLoader loader,
        ModelShape shape,
        Func<string, INorm> norm,
        IReadOnlyList<RotaryEmbedding> rotaries,
        Func<int, string, ISublayer> attention,
        Func<int, string, ISublayer> feedForward,
        string feedForwardNorm = "ffn_norm")
    {
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(norm(name + "attn_norm"), attention(i, name)),
                new Branch(norm(name + feedForwardNorm), feedForward(i, name)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            rotaries,
            layers,
            new OutputHead(norm("output_norm"), loader.OutputMatrix(shape)));
    }
}
