namespace Hearth.Cli.Tests;

/// <summary>A file in a folder of its own, gone after the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("hearth-cli-");

    public TemporaryFile(string name = "file") => FilePath = Path.Combine(folder.FullName, name);

    public TemporaryFile(byte[] content)
        : this()
        => File.WriteAllBytes(FilePath, content);

    public TemporaryFile(string name, string content)
        : this(name)
        => File.WriteAllText(FilePath, content);

    public string Folder => folder.FullName;

    public string FilePath { get; }

    public void Dispose() => folder.Delete(recursive: true);
}
