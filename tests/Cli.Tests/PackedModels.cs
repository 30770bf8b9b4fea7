using System.Collections.Concurrent;
using System.IO.Compression;

namespace Hearth.Cli.Tests;

/// <summary>The packed models beside the test assembly, unpacked once per process into a folder that goes with it.</summary>
internal static class PackedModels
{
    private static readonly Lazy<string> Folder = new(MakeFolder);
    private static readonly ConcurrentDictionary<string, Lazy<string>> Paths = new(StringComparer.Ordinal);

    public static string PathOf(string file) => Paths.GetOrAdd(file, name => new Lazy<string>(() => Unpack(name))).Value;

    private static string Unpack(string file)
    {
        string path = Path.Combine(Folder.Value, file);
        using var input = new BrotliStream(
            File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", file + ".br")), CompressionMode.Decompress);
        using var output = File.Create(path);
        input.CopyTo(output);
        return path;
    }

    private static string MakeFolder()
    {
        string folder = Directory.CreateTempSubdirectory("hearth-cli-models-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
