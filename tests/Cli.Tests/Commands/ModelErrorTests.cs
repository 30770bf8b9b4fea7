using System.Buffers.Binary;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Cli.Tests.Commands;

public sealed class ModelErrorTests
{
    [Fact]
    public void A_missing_file_is_named()
    {
        var run = CommandRun.Of("run", "-m", "/no/such/model.gguf", "hello");
        Assert.Equal("/no/such/model.gguf: there is no such file.", run.Sentence());
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }

    [Fact]
    public void A_folder_is_no_model()
    {
        var run = CommandRun.Of("inspect", "-m", AppContext.BaseDirectory);
        Assert.Contains("is a folder without config.json", run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }

    [Fact]
    public void A_text_is_no_model()
    {
        using var text = new TemporaryFile("Once upon a time there was a text."u8.ToArray());
        AssertModelError(text.FilePath, "is no GGUF file");
    }

    [Fact]
    public void An_empty_file_is_no_model()
    {
        using var empty = new TemporaryFile([]);
        AssertModelError(empty.FilePath, empty.FilePath);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(3_000)]
    [InlineData(200_000)]
    public void A_truncated_file_is_refused(int length)
    {
        using var truncated = new TemporaryFile(File.ReadAllBytes(CommandRun.Stories)[..length]);
        AssertModelError(truncated.FilePath, truncated.FilePath);
    }

    [Fact]
    public void An_unknown_architecture_is_named()
    {
        using var file = new TemporaryFile("model.gguf");
        new GgufWriter(new GgufMetadataBuilder("test") { ["general.architecture"] = "quux" }.Build()).Write(file.FilePath);
        AssertModelError(file.FilePath, "the architecture 'quux' is not supported");
    }

    [Fact]
    public void An_unknown_tensor_type_is_named()
    {
        byte[] bytes = File.ReadAllBytes(CommandRun.Stories);
        ReadOnlySpan<byte> name = "token_embd.weight"u8;
        int at = bytes.AsSpan().LastIndexOf(name) + name.Length;
        uint dimensions = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 4 + (8 * (int)dimensions)), 31337);
        using var patched = new TemporaryFile(bytes);
        AssertModelError(patched.FilePath, "31337");
    }

    [Fact]
    public void A_vocabulary_without_tensors_cannot_run()
    {
        using var vocabulary = Vocabulary();
        AssertModelError(vocabulary.FilePath, "token_embd.weight is missing");
    }

    [Fact]
    public void A_model_without_text_says_so()
    {
        using var stories = GgufFile.Open(CommandRun.Stories);
        using var file = new TemporaryFile("mute.gguf");
        new GgufWriter(new GgufMetadataBuilder(stories.Metadata) { ["tokenizer.ggml.model"] = "none" }.Build()).Write(file.FilePath);
        var run = CommandRun.Of("tokenize", "-m", file.FilePath, "hello");
        Assert.Contains("no text vocabulary", run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }

    [Fact]
    public void Escape_sequences_of_a_file_do_not_reach_the_terminal()
    {
        using var file = new TemporaryFile("model.gguf");
        new GgufWriter(new GgufMetadataBuilder("test") { ["general.architecture"] = "qu\e[31mux" }.Build()).Write(file.FilePath);
        var run = CommandRun.OnTerminal("", "run", "-m", file.FilePath, "hello");
        Assert.DoesNotContain('\e', run.Error);
        Assert.Contains(@"qu\x1B[31mux", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stack_trace_is_for_verbose_alone()
    {
        Assert.DoesNotContain("   at ", CommandRun.Of("run", "-m", "/no/such", "hello").Error, StringComparison.Ordinal);
        Assert.Contains("   at ", CommandRun.Of("run", "-m", "/no/such", "hello", "--verbose").Error, StringComparison.Ordinal);
    }

    internal static TemporaryFile Vocabulary()
    {
        using var stories = GgufFile.Open(CommandRun.Stories);
        var file = new TemporaryFile("vocabulary.gguf");
        new GgufWriter(stories.Metadata).Write(file.FilePath);
        return file;
    }

    private static void AssertModelError(string path, string fact)
    {
        var run = CommandRun.Of("run", "-m", path, "hello");
        Assert.Contains(fact, run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }
}
