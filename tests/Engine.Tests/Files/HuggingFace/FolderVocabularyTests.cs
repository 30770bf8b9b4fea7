using System.Text.Json.Nodes;
using Hearth.Engine.Files;
using Hearth.Engine.Quantization;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Tests.Files.HuggingFace;

public sealed class FolderVocabularyTests
{
    private static readonly HearthModelOptions Options = new() { Threads = 1, ContextLength = 32 };

    [Theory]
    [InlineData("""{"eos_token_id": [7, 9]}""", """{"eos_token_id": 3}""", new[] { 7, 9 })]
    [InlineData("""{"eos_token_id": 9}""", null, new[] { 9 })]
    [InlineData("""{"eos_token_id": [9, 1000000, -1]}""", null, new[] { 9 })]
    [InlineData("""{"eos_token_id": null}""", """{"eos_token_id": [3, 4]}""", new[] { 3, 4 })]
    [InlineData(null, """{"eos_token_id": 3}""", new[] { 3 })]
    public void All_tokens_that_end_an_answer_by_the_folders_files_end_it(string? generation, string? config, int[] expected)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], generation, config);
        Convert(folder);
        foreach (string name in (ReadOnlySpan<string>)["model", "out.gguf"])
        {
            using var model = HearthModel.Load(folder[name], Options);
            Assert.Equal(expected, model.Tokenizer.EndOfGeneration);
        }
    }

    [Theory]
    [InlineData("generation_config.json", "\"</s>\"")]
    [InlineData("generation_config.json", "[1, null]")]
    [InlineData("config.json", "1.5")]
    public void An_end_that_is_no_token_is_refused(string file, string value)
    {
        using var folder = new TemporaryFolder();
        string json = $"{{\"eos_token_id\": {value}}}";
        Write(folder["model"], file == "config.json" ? null : json, file == "config.json" ? json : null);
        var error = Assert.Throws<InvalidModelException>(() => HearthModel.Load(folder["model"], Options).Dispose());
        Assert.Contains($"{file}: eos_token_id is", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("it should be a token or a list of tokens.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_no_token_names_are_tokens_without_a_role()
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], null, null);
        ChangeTokens(folder["model"], vocabulary =>
        {
            vocabulary.Remove("t95");
            vocabulary.Remove("t96");
        });
        Convert(folder);
        foreach (string name in (ReadOnlySpan<string>)["model", "out.gguf"])
        {
            using var model = HearthModel.Load(folder[name], Options);
            Assert.Equal(97, model.Shape.VocabularySize);
            Assert.Equal(97, model.Tokenizer.VocabularySize);
            Assert.False(model.Tokenizer.IsEndOfGeneration(96));
        }
    }

    [Fact]
    public void Tokens_without_a_row_are_refused()
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], null, null);
        ChangeTokens(folder["model"], vocabulary => vocabulary["t97"] = 97);
        var error = Assert.Throws<InvalidModelException>(() => HearthModel.Load(folder["model"], Options).Dispose());
        Assert.StartsWith(folder["model"], error.Message, StringComparison.Ordinal);
        Assert.Contains("the vocabulary has 98 tokens, but token_embd.weight 97 rows", error.Message, StringComparison.Ordinal);
    }

    private static void Write(string folder, string? generation, string? config)
    {
        ModelFolderTests.Write(folder, "llama-gqa-theta500k", "llama", all =>
        {
            foreach (var (key, value) in config is null ? [] : JsonNode.Parse(config)!.AsObject())
                all[key] = value?.DeepClone();
        });
        if (generation is not null)
            File.WriteAllText(Path.Combine(folder, "generation_config.json"), generation);
    }

    private static void ChangeTokens(string folder, Action<JsonObject> change)
    {
        string path = Path.Combine(folder, "tokenizer.json");
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        change(root["model"]!["vocab"]!.AsObject());
        File.WriteAllText(path, root.ToJsonString());
    }

    private static void Convert(TemporaryFolder folder)
    {
        using var source = ModelFile.OpenForConversion(folder["model"]);
        using var pool = new WorkerPool(2);
        Assert.True(FileKind.TryGet("F32", out var kind));
        Quantizer.Write(QuantizationPlan.Create(source, new QuantizationOptions(kind)), folder["out.gguf"], pool);
    }
}
