using Hearth.Kernels.Attention;

namespace Hearth.Engine.Models.Layers;

/// <summary>Sizes of a layer's attention.</summary>
/// <param name="Width">Floats of a token's state.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KvHeads">Key and value heads; each serves Heads / KvHeads query heads.</param>
/// <param name="KeyLength">Values of a query or key head.</param>
/// <param name="ValueLength">Values of a value head.</param>
public readonly record struct AttentionShape(int Width, int Heads, int KvHeads, int KeyLength, int ValueLength)
{
    private const int MaxHeads = 1024;
    private const int MaxHeadLength = 1024;

    /// <summary>Factor of q.k where a family has no other: 1 / sqrt(key length).</summary>
    public float DefaultScale => 1 / MathF.Sqrt(KeyLength);

    /// <summary>Reads the shapes of all layers.</summary>
    /// <exception cref="InvalidModelException">A number is missing, or they do not go together.</exception>
    public static AttentionShape[] Read(ModelLoader loader, int layers, int width) => Read(loader, layers, width, fewestHeads: 1);

    /// <summary>Reads the shapes of all layers where some have no attention: they have no heads.</summary>
    /// <exception cref="InvalidModelException">A number is missing, or they do not go together.</exception>
    public static AttentionShape[] ReadWithGaps(ModelLoader loader, int layers, int width) => Read(loader, layers, width, fewestHeads: 0);

    private static AttentionShape[] Read(ModelLoader loader, int layers, int width, int fewestHeads)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        int[] heads = parameters.IntPerLayer("attention.head_count", layers, fewestHeads, MaxHeads);
        int[] kvHeads = parameters.Has("attention.head_count_kv")
            ? parameters.IntPerLayer("attention.head_count_kv", layers, 0, MaxHeads)
            : heads;
        var shapes = new AttentionShape[layers];
        for (int layer = 0; layer < layers; layer++)
        {
            if (kvHeads[layer] > 0 && heads[layer] % kvHeads[layer] != 0)
            {
                throw new InvalidModelException(
                    $"{loader.Name}: {heads[layer]} query heads do not share {kvHeads[layer]} KV heads evenly; the file is damaged.");
            }

            int length = Math.Max(1, width / Math.Max(1, heads[layer]));
            int keyLength = parameters.Int("attention.key_length", length, 1, MaxHeadLength);
            int valueLength = parameters.Int("attention.value_length", length, 1, MaxHeadLength);
            shapes[layer] = new AttentionShape(width, heads[layer], kvHeads[layer], keyLength, valueLength);
        }

        return shapes;
    }

    /// <summary>What the cache keeps of such a layer.</summary>
    public KvLayerShape Cache(KvType keys, KvType values) => new(KvHeads, new KvHeadShape(KeyLength, ValueLength, keys, values));
}
