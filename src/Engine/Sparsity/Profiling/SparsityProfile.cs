namespace Hearth.Engine.Sparsity.Profiling;

/// <summary>Which neurons of a model are active, counted over a text: for the choice of blocks in which sparsity pays, and of how careful a predictor is.</summary>
/// <param name="Name">The file, for messages.</param>
/// <param name="Tokens">Tokens that were counted.</param>
/// <param name="AllowedLoss">The share of energy that predictors were allowed to lose.</param>
/// <param name="Layers">Block by block.</param>
public sealed record SparsityProfile(string Name, long Tokens, float AllowedLoss, IReadOnlyList<LayerProfile> Layers)
{
    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidModelException">It cannot be read, is damaged, or is another kind of file.</exception>
    public static SparsityProfile Load(string path) => GgufProfile.Read(path);

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public void Save(string path) => GgufProfile.Write(this, path);

    /// <summary>The profile of a block.</summary>
    /// <param name="name">As <see cref="LayerProfile.Name"/>.</param>
    /// <param name="neurons">Its neurons.</param>
    /// <exception cref="InvalidModelException">There is none of so many neurons.</exception>
    internal LayerProfile Of(string name, int neurons)
    {
        var layer = Layers.FirstOrDefault(layer => layer.Name == name)
            ?? throw new InvalidModelException($"{Name}: has nothing about {name}; it was made with another model.");
        return layer.Frequencies.Count == neurons
            ? layer
            : throw new InvalidModelException(
                $"{Name}: has {layer.Frequencies.Count} neurons for {name}, and the model has {neurons}; it was made with another model.");
    }
}
