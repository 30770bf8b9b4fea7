namespace Hearth.Kernels.Attention;

/// <summary>What one layer keeps for each position.</summary>
/// <param name="Heads">KV heads; 0 for a layer without attention.</param>
/// <param name="Head">Layout of one head in a page.</param>
public readonly record struct KvLayerShape(int Heads, KvHeadShape Head)
{
    /// <summary>Bytes of the layer in a page.</summary>
    public long PageBytes => (long)Heads * Head.TotalBytes;
}
