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
        if (Exists(name + ".pruned.json")) return use(Unprune(Json(name + ".pruned.json")));
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

    // A pruned vocabulary lists the tokens that its cases can meet; all others get texts that no text contains.
    private static GgufMetadata Unprune(JsonElement pruned)
    {
        var tokens = Enumerable.Range(0, pruned.GetProperty("size").GetInt32()).Select(id => $"\u0100{id}").ToArray();
        var types = Enumerable.Repeat(1, tokens.Length).ToArray();
        foreach (var token in pruned.GetProperty("tokens").EnumerateArray())
        {
            types[token[0].GetInt32()] = token[1].GetInt32();
            tokens[token[0].GetInt32()] = token[2].GetString()!;
        }

        var metadata = new GgufMetadataBuilder("pruned vocabulary");
        foreach (var key in pruned.GetProperty("keys").EnumerateObject())
        {
            metadata.Add(key.Name, key.Value.ValueKind switch
            {
                JsonValueKind.String => key.Value.GetString()!,
                JsonValueKind.Number => key.Value.GetUInt32(),
                _ => key.Value.GetBoolean(),
            });
        }

        metadata.Add("tokenizer.ggml.tokens", GgufValue.ArrayOf(tokens));
        metadata.Add("tokenizer.ggml.token_type", GgufValue.ArrayOf<int>(types));
        var merges = pruned.GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!);
        metadata.Add("tokenizer.ggml.merges", GgufValue.ArrayOf(merges.ToArray()));
        return metadata.Build();
    }

    private static bool Exists(string name) => File.Exists(PathOf(name + ".br"));

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "Tokenization", name);

    private static byte[] Unpack(string name)
    {
        using var file = File.OpenRead(PathOf(name));
        using var packed = new BrotliStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }
}
