namespace Hearth.Engine.Models;

/// <summary>How the catalog finds and loads a model family.</summary>
/// <typeparam name="TSelf">The family's type.</typeparam>
public interface IArchitecture<TSelf>
    where TSelf : Architecture, IArchitecture<TSelf>
{
    /// <summary>Values of <c>general.architecture</c> that mean this family.</summary>
    static abstract IReadOnlyList<string> Names { get; }

    /// <summary>Reads hyper-parameters and weights.</summary>
    /// <exception cref="InvalidModelException">Something is missing, or of the wrong shape or type.</exception>
    static abstract TSelf Load(ModelLoader loader);
}
