using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Hearth.Engine.Tests.Models;

/// <summary>The golden models and logits beside the test assembly, unpacked once per process into a folder that goes with it.</summary>
internal static class VectorFiles
{
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "Data", "Models");
    private static readonly Lazy<string> Unpacked = new(Unpack);

    /// <summary>Entries of the manifest, by file name (and kind where a file has several).</summary>
    public static IReadOnlyDictionary<string, JsonElement> Entries { get; } = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(Source, "manifest.json")))
        .RootElement.EnumerateArray()
        .ToDictionary(entry => $"{entry.GetProperty("file").GetString()} {entry.GetProperty("kind").GetString()}");

    public static string PathOf(string file) => Path.Combine(Unpacked.Value, file);

    public static float[] Floats(string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(PathOf(file))).ToArray();

    private static string Unpack()
    {
        string folder = Directory.CreateTempSubdirectory("hearth-vectors-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (string packed in Directory.EnumerateFiles(Source, "*.br"))
        {
            using var input = new BrotliStream(File.OpenRead(packed), CompressionMode.Decompress);
            using var output = File.Create(Path.Combine(folder, Path.GetFileNameWithoutExtension(packed)));
            input.CopyTo(output);
        }

        return folder;
    }
}
