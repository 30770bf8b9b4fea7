namespace Hearth.Kernels.Attention;

/// <summary>What one layer keeps of a sequence: keys and values of each position, or a state of the whole.</summary>
/// <param name="Heads">KV heads; 0 for a layer without attention.</param>
/// <param name="Head">Layout of one head in a page.</param>
/// <param name="StateFloats">Floats of a recurrent layer's state and convolution tails, a multiple of 16; 0 for none.</param>
public readonly record struct KvLayerShape(int Heads, KvHeadShape Head, int StateFloats = 0)
{
    /// <summary>A layer without keys and values.</summary>
    public static KvLayerShape Recurrent(int stateFloats) => new(0, default, stateFloats);

    /// <summary>Bytes of the layer in a page.</summary>
    public long PageBytes => (long)Heads * Head.TotalBytes;
}
