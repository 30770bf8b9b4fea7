namespace Hearth.Engine.Models;

/// <summary>What the outside needs to know of a model.</summary>
/// <param name="VocabularySize">Logits of a position.</param>
/// <param name="Width">Floats of a token's state.</param>
/// <param name="Layers">Layers.</param>
/// <param name="ContextLength">Positions that the model was trained for.</param>
public sealed record ModelShape(int VocabularySize, int Width, int Layers, int ContextLength)
{
    private const int MaxLayers = 4096;

    /// <summary>Reads the shape that every family names alike.</summary>
    /// <exception cref="InvalidModelException">A number is missing or makes no sense.</exception>
    public static ModelShape Read(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        int layers = parameters.Int("block_count", 1, MaxLayers);

        // Layers at the end that guess tokens further ahead (DeepSeek-V3, section 2.2) are no part of the model's own pass.
        int ahead = parameters.Int("nextn_predict_layers", 0, 0, layers - 1);
        return new ModelShape(
            loader.RowsOf("token_embd.weight"),
            parameters.Int("embedding_length"),
            layers - ahead,
            parameters.Int("context_length", 2048, 1, int.MaxValue));
    }
}
