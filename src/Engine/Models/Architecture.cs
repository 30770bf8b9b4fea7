using Hearth.Kernels.Attention;
using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Models;

/// <summary>
/// A loaded model of one family: its weights, and its forward pass written as calls on layers. Immutable; the pass carries all state.
/// </summary>
public abstract class Architecture : IDisposable
{
    private readonly IReadOnlyList<IDisposable> weights;

    /// <summary>Takes over what the loader made.</summary>
    /// <param name="loader">The loader that the weights came from.</param>
    /// <param name="shape">What the outside needs to know.</param>
    protected Architecture(ModelLoader loader, ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        Shape = shape;
        weights = loader.Loaded;
        MatrixNames = loader.MatrixNames;
    }

    /// <summary>Where each matrix came from.</summary>
    internal IReadOnlyDictionary<PackedMatrix, MatrixName> MatrixNames { get; }

    /// <summary>What the outside needs to know of the model.</summary>
    public ModelShape Shape { get; }

    /// <summary>Whether every token sees its whole text, later tokens too: such a model gives embeddings and no next token.</summary>
    public virtual bool IsEncoder => false;

    /// <summary>How the model scores texts; null for one that was not made to.</summary>
    public TextClassifier? Classifier { get; init; }

    /// <summary>What each layer keeps of a sequence.</summary>
    /// <param name="keys">Storage of keys.</param>
    /// <param name="values">Storage of values.</param>
    public abstract KvLayerShape[] CacheLayers(KvType keys, KvType values);

    /// <summary>Computes a batch: keys and values go to the cache, logits or states to <see cref="ForwardPass.Emit"/>.</summary>
    public abstract void Forward(ForwardPass pass);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in weights)
            weight.Dispose();
        GC.SuppressFinalize(this);
    }
}
