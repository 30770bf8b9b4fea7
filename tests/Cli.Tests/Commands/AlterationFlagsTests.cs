namespace Hearth.Cli.Tests.Commands;

public sealed class AlterationFlagsTests
{
    [Fact]
    public void An_overridden_key_takes_the_place_of_the_files_own()
    {
        var run = CommandRun.Of("inspect", "-m", CommandRun.Stories, "--metadata", "--override-kv", "general.architecture=str:phantom");
        Assert.Contains("phantom", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_override_counts_and_reaches_the_model()
    {
        var run = CommandRun.Of(
            "run", "-m", CommandRun.Stories, "--override-kv", "llama.rope.freq_base=float:5e5", "--override-kv", "llama.block_count=int:99", "x");
        Assert.Contains("blk.5.", run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }

    [Fact]
    public void An_override_of_the_wrong_type_names_the_key()
    {
        var run = CommandRun.Of("run", "-m", CommandRun.Stories, "--override-kv", "llama.block_count=str:five", "x");
        Assert.Contains("key 'llama.block_count' is of type String", run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }

    [Theory]
    [InlineData("llama.block_count")]
    [InlineData("llama.block_count=5")]
    [InlineData("=int:5")]
    [InlineData("llama.block_count=int:five")]
    [InlineData("llama.block_count=number:5")]
    public void An_override_of_another_form_is_refused(string text)
    {
        var run = CommandRun.Of("run", "-m", CommandRun.Stories, "--override-kv", text, "x");
        Assert.StartsWith($"--override-kv '{text}'", run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
    }

    [Theory]
    [InlineData("/no/such/adapter.gguf")]
    [InlineData("/no/such/adapter.gguf:0.5")]
    public void An_adapter_that_is_missing_is_named_without_its_scale(string text)
    {
        var run = CommandRun.Of("run", "-m", CommandRun.Stories, "--lora", text, "x");
        Assert.Equal("/no/such/adapter.gguf: there is no such file.", run.Sentence());
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }

    [Fact]
    public void A_model_is_no_adapter()
    {
        var run = CommandRun.Of("run", "-m", CommandRun.Stories, "--lora", CommandRun.Stories, "x");
        Assert.Contains("should be an adapter", run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }
}
