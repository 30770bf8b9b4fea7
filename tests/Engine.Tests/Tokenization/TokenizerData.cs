using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization;

/// <summary>The vocabularies and expectations beside the tests, unpacked when first asked for.</summary>
internal static class TokenizerData
{
    private static readonly ConcurrentDictionary<string, Lazy<ITokenizer>> Tokenizers = [];

    /// <summary>The tokenizer of a vocabulary.</summary>
    public static ITokenizer Tokenizer(string name)
        => Tokenizers.GetOrAdd(name, name => new Lazy<ITokenizer>(() => WithMetadata(name, TokenizerFactory.FromGguf))).Value;

    /// <summary>The expectations for a vocabulary.</summary>
    public static TokenizerCases Cases(string name) => new(Json(name + ".cases.json"));

    /// <summary>Reads a JSON file.</summary>
    public static JsonElement Json(string name) => JsonElement.Parse(Unpack(name + ".br"));

    /// <summary>Calls a function with the metadata of a vocabulary's file.</summary>
    public static T WithMetadata<T>(string name, Func<GgufMetadata, T> use)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(path, Unpack(name + ".gguf.br"));
            using var file = GgufFile.Open(path);
            return use(file.Metadata);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Unpack(string name)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "Tokenization", name));
        using var packed = new BrotliStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }
}
