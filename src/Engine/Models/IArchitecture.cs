namespace Hearth.Engine.Models;

/// <summary>A model family's page: how the catalog finds it, and how it is put together from a file.</summary>
public interface IArchitecture
{
    /// <summary>Values of <c>general.architecture</c> that mean this family.</summary>
    static abstract IReadOnlyList<string> Names { get; }

    /// <summary>Reads hyper-parameters and weights.</summary>
    /// <exception cref="InvalidModelException">Something is missing, or of the wrong shape or type.</exception>
    static abstract Architecture Load(ModelLoader loader);
}
