using System.Globalization;
using System.Text.Json;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.Gguf;

/// <summary>Every file of Data/Files/Gguf, whose manifest says what must come of it.</summary>
public sealed class GgufVectorTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "Files", "Gguf");

    public static TheoryData<string> Accepted => FilesThatExpect("accept");

    public static TheoryData<string> Refused => FilesThatExpect("refuse");

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Reader_accepts_a_valid_file_and_reads_its_values(string name)
    {
        var entry = Manifest().Single(entry => entry.GetProperty("file").GetString() == name);
        using var file = GgufFile.Open(Path.Combine(Folder, name));

        if (entry.TryGetProperty("kv", out var kv))
        {
            foreach (var expected in kv.EnumerateObject())
            {
                Assert.True(file.Metadata.TryGetValue(expected.Name, out var value), expected.Name);
                AssertEqual(expected.Value, expected.Name, value, file.Metadata);
            }
        }

        if (entry.TryGetProperty("tensors", out var tensors))
        {
            foreach (var expected in tensors.EnumerateArray())
                AssertEqual(expected, file);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Reader_refuses_a_bad_file_with_one_sentence_that_names_it(string name)
    {
        var path = Path.Combine(Folder, name);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var e = Assert.Throws<InvalidModelException>(() => GgufFile.Open(path).Dispose());

        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_big_endian_file_is_called_by_its_name()
        => Assert.Contains("big-endian", RefusalOf("bad-big-endian.gguf"), StringComparison.Ordinal);

    [Theory]
    [InlineData("bad-tensor-type-removed.gguf", "'a' has type 4,")]
    [InlineData("bad-duplicate-tensor.gguf", "'a' is there twice")]
    [InlineData("bad-alignment-48.gguf", "'general.alignment' is 48")]
    [InlineData("bad-n-dims-5.gguf", "5 dimensions")]
    [InlineData("bad-version-1.gguf", "version 1")]
    [InlineData("bad-string-2pow40.gguf", "1099511627776 bytes")]
    public void A_refusal_names_the_key_or_tensor_and_the_number(string name, string fact)
        => Assert.Contains(fact, RefusalOf(name), StringComparison.Ordinal);

    private static string RefusalOf(string name)
        => Assert.Throws<InvalidModelException>(() => GgufFile.Open(Path.Combine(Folder, name))).Message;

    private static TheoryData<string> FilesThatExpect(string outcome)
        => [.. Manifest()
            .Where(entry => entry.GetProperty("expect").GetString() == outcome && !entry.TryGetProperty("optional", out _))
            .Select(entry => entry.GetProperty("file").GetString()!)];

    private static JsonElement.ArrayEnumerator Manifest()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "manifest.json")));
        return manifest.RootElement.Clone().EnumerateArray();
    }

    private static void AssertEqual(JsonElement expected, string key, GgufValue value, GgufMetadata metadata)
    {
        if (expected.ValueKind != JsonValueKind.Array)
        {
            var text = expected.ValueKind switch
            {
                JsonValueKind.String => expected.GetString()!,
                JsonValueKind.Number => expected.GetRawText(),
                _ => expected.GetBoolean() ? "true" : "false",
            };
            Assert.Equal(text, value.ToString());
            return;
        }

        Assert.True(value.IsArray);
        Assert.Equal(expected.GetArrayLength(), value.Count);
        var elements = value.ElementType switch
        {
            GgufValueType.String => metadata.GetStringArray(key),
            GgufValueType.Bool => metadata.GetBooleanArray(key).Select(b => b ? "true" : "false"),
            GgufValueType.Float64 => metadata.GetSingleArray(key).Select(f => f.ToString(CultureInfo.InvariantCulture)),
            _ => metadata.GetInt32Array(key).Select(i => i.ToString(CultureInfo.InvariantCulture)),
        };
        Assert.Equal(
            expected.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : e.GetRawText()), elements);
    }

    private static void AssertEqual(JsonElement expected, GgufFile file)
    {
        Assert.True(file.TryGetTensor(expected.GetProperty("name").GetString()!, out var tensor));
        Assert.Equal(expected.GetProperty("dims").EnumerateArray().Select(d => d.GetInt64()), tensor.Dimensions.ToArray());
        Assert.Equal(expected.GetProperty("type").GetString(), tensor.Type.ToString());
        var values = expected.GetProperty("values").EnumerateArray().Select(v => v.GetSingle()).ToArray();
        Assert.Equal(values.Length, tensor.ElementCount);
        if (WeightFormat.TryGet(tensor.Type, out var format))
        {
            var decoded = new float[values.Length];
            format.Decode(tensor.Bytes, decoded);
            Assert.Equal(values, decoded);
        }
    }
}
