using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hearth.Kernels.Formats;

namespace Hearth.Kernels.Tests.Formats;

/// <summary>The reference vectors of block types: see <c>Data/Formats/README.md</c>.</summary>
internal static class Vectors
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "Formats");

    private static readonly Lazy<JsonElement> Cases = new(() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "Quantize", "cases.json"))).RootElement);

    /// <summary>The blocks of a type and what they decode to.</summary>
    internal static (byte[] Blocks, float[] Weights) Decoded(WeightType type)
        => (Read("Dequant", $"{type}.bin"), Floats("Dequant", $"{type}.f32"));

    /// <summary>Types whose encoder must give the very bytes of the reference.</summary>
    internal static IEnumerable<WeightType> ByteEqualTypes
        => Cases.Value.GetProperty("bytes").EnumerateObject().Select(property => Enum.Parse<WeightType>(property.Name));

    /// <summary>Types whose encoder has error limits.</summary>
    internal static IEnumerable<WeightType> LimitedTypes
        => Cases.Value.GetProperty("limits").EnumerateObject().Select(property => Enum.Parse<WeightType>(property.Name));

    /// <summary>The inputs that a byte-equal type has been given, and their encodings one after another.</summary>
    internal static (string[] Inputs, byte[] Blocks) Encoded(WeightType type)
    {
        string[] inputs = [.. Cases.Value.GetProperty("bytes").GetProperty($"{type}").EnumerateArray().Select(name => name.GetString()!)];
        return (inputs, Read("Quantize", $"{type}.bin"));
    }

    /// <summary>The greatest weighted root mean square error that is allowed for each input.</summary>
    internal static IEnumerable<(string Input, bool HasImportance, double Limit)> Limits(WeightType type)
        => Cases.Value.GetProperty("limits").GetProperty($"{type}").EnumerateArray().Select(limit => (
            limit.GetProperty("input").GetString()!,
            limit.GetProperty("importance").GetBoolean(),
            limit.GetProperty("limit").GetDouble()));

    /// <summary>A matrix of weights and its row length.</summary>
    internal static (float[] Weights, int Columns) Input(string name)
    {
        JsonElement input = Cases.Value.GetProperty("inputs").EnumerateArray().Single(input => input.GetProperty("name").ValueEquals(name));
        return (Floats("Quantize", $"{name}.f32"), input.GetProperty("columns").GetInt32());
    }

    /// <summary>The importance of an input's columns.</summary>
    internal static float[] Importance(string name) => Floats("Quantize", $"{name}.imatrix.f32");

    private static float[] Floats(string folder, string name) => MemoryMarshal.Cast<byte, float>(Read(folder, name)).ToArray();

    private static byte[] Read(string folder, string name)
    {
        using var compressed = new BrotliStream(File.OpenRead(Path.Combine(Folder, folder, name + ".br")), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        compressed.CopyTo(whole);
        return whole.ToArray();
    }
}
