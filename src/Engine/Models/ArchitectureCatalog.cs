using Hearth.Engine.Models.Architectures;

namespace Hearth.Engine.Models;

/// <summary>The model families that Hearth runs.</summary>
public static class ArchitectureCatalog
{
    private static readonly Dictionary<string, Func<ModelLoader, Architecture>> Loaders = new(StringComparer.Ordinal);

    static ArchitectureCatalog()
    {
        Add<Llama>();
        Add<Nemotron>();
    }

    /// <summary>Names of all families, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. Loaders.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Loads a model of the family that its file names.</summary>
    /// <exception cref="InvalidModelException">The family is unknown, or the file does not hold such a model.</exception>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = loader.Architecture;
        if (!Loaders.TryGetValue(name, out var load))
        {
            throw new InvalidModelException(
                $"{loader.Name}: the architecture '{name}' is not supported; this version runs {string.Join(", ", Names)}.");
        }

        return load(loader);
    }

    private static void Add<TArchitecture>()
        where TArchitecture : IArchitecture
    {
        foreach (string name in TArchitecture.Names)
            Loaders.Add(name, TArchitecture.Load);
    }
}
