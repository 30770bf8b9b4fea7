namespace Hearth.Engine.Models.Layers;

/// <summary>Sizes of attention in the Gemmas whose windowed layers have other heads, and whose last layers have no keys of their own.</summary>
public static class GemmaHeads
{
    /// <summary>The longest head that a file may claim.</summary>
    public const int MaxLength = 1024;

    /// <summary>Reads the shapes of all layers; <c>attention.key_length_swa</c> and <c>value_length_swa</c> are those of the windowed ones.</summary>
    /// <exception cref="InvalidModelException">A number is missing, or they do not go together.</exception>
    public static AttentionShape[] Read(ModelLoader loader, ModelShape shape, SlidingWindow window)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(window);
        var shapes = AttentionShape.Read(loader, shape.Layers, shape.Width);
        for (int layer = 0; layer < shapes.Length; layer++)
        {
            if (!window.Has(layer))
                continue;
            shapes[layer] = shapes[layer] with
            {
                KeyLength = loader.Parameters.Int("attention.key_length_swa", shapes[layer].KeyLength, 1, MaxLength),
                ValueLength = loader.Parameters.Int("attention.value_length_swa", shapes[layer].ValueLength, 1, MaxLength),
            };
        }

        return shapes;
    }

    /// <summary>The layer whose keys and values a layer without any looks at: the last of its kind that has them.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="own">Layers that have keys and values.</param>
    /// <param name="window">Which layers have a window.</param>
    /// <param name="shapes">Sizes of all layers.</param>
    /// <exception cref="InvalidModelException">There is none, or its heads are others.</exception>
    public static int Source(ModelLoader loader, int layer, int own, SlidingWindow window, AttentionShape[] shapes)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(window);
        ArgumentNullException.ThrowIfNull(shapes);
        for (int source = own - 1; source >= 0; source--)
        {
            if (window.Has(source) != window.Has(layer))
                continue;
            if (shapes[source].KvHeads == shapes[layer].KvHeads)
                return source;
            throw new InvalidModelException(
                $"{loader.Name}: layer {layer} has {shapes[layer].KvHeads} KV heads, but layer {source}, whose keys it uses, has {shapes[source].KvHeads}.");
        }

        throw new InvalidModelException($"{loader.Name}: layer {layer} has no keys, and no layer before it has any of its kind; the file is damaged.");
    }
}
