namespace Hearth.Engine.Tests.Files;

/// <summary>A folder of a test's own, removed with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("hearth-");

    /// <summary>The names of the files that are there.</summary>
    public IEnumerable<string> Files => folder.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal);

    public string this[string name] => Path.Combine(folder.FullName, name);

    public void Dispose() => folder.Delete(recursive: true);
}
