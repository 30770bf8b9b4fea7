namespace Hearth.Cli.Tests.Commands;

public sealed class ExpertsFlagTests
{
    private static readonly string Mixture = PackedModels.PathOf("llama-moe.gguf");

    [Fact]
    public void The_answer_is_the_same_and_a_line_says_that_experts_are_read_from_the_file()
    {
        string whole = CommandRun.Of("eval", "-m", Mixture, "--tokens", "1 5 9").Output;
        var run = CommandRun.Of("eval", "-m", Mixture, "--tokens", "1 5 9", "--experts-memory", "40kB");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal(whole, run.Output);
        Assert.Matches(
            @"^hearth: llama-moe\.gguf has [\d.]+ KiB of weights, and [\d.]+ .iB of memory are available: 2 of its 16 experts "
            + @"\([\d.]+ KiB\) are in memory at a time, and the others are read from the file at the speed of the disk\.\n$",
            run.Error);
    }

    [Fact]
    public void Where_all_experts_fit_there_is_nothing_to_say()
        => Assert.Equal("", CommandRun.Of("eval", "-m", Mixture, "--tokens", "1 5 9", "--experts-memory", "1GB").Error);

    [Theory]
    [InlineData("4")]
    [InlineData("-1GB")]
    [InlineData("1e9GB")]
    [InlineData("5XB")]
    [InlineData("5BB")]
    [InlineData("5KiBB")]
    [InlineData("GB")]
    [InlineData("1.5.2GB")]
    [InlineData("99999999999999TB")]
    [InlineData("NaNGB")]
    [InlineData("")]
    public void What_is_no_size_is_wrong_usage(string size)
    {
        var run = CommandRun.Of("eval", "-m", Mixture, "--tokens", "1", "--experts-memory", size);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains($"'{size}' is none", run.Sentence(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0MB")]
    [InlineData("1kB")]
    public void A_size_below_one_expert_is_refused(string size)
    {
        var run = CommandRun.Of("eval", "-m", Mixture, "--tokens", "1", "--experts-memory", size);
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("one of them takes 0.02 MiB", run.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dense_model_is_refused()
    {
        var run = CommandRun.Of("eval", "-m", CommandRun.Stories, "--tokens", "1", "--experts-memory", "1GB");
        Assert.Equal(ExitCodes.Model, run.ExitCode);
        Assert.Contains("dense model", run.Sentence(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.5k", 1536)]
    [InlineData("2KB", 2000)]
    [InlineData("2KiB", 2048)]
    [InlineData("3M", 3 << 20)]
    [InlineData("4GB", 4_000_000_000)]
    [InlineData("1gib", 1 << 30)]
    [InlineData("1TB", 1_000_000_000_000)]
    public void Sizes_have_decimal_or_binary_units(string text, long bytes)
        => Assert.Equal(bytes, Cli.Commands.Flag.ToBytes("--experts-memory", text));

    [Fact]
    public void Inspect_says_what_this_machine_would_do()
    {
        Assert.Matches(@"this machine +[\d.]+ .iB available *\n", CommandRun.Of("inspect", "-m", CommandRun.Stories).Output);
        Assert.Matches(
            @"this machine +[\d.]+ .iB available: 39\.06 KiB of",
            CommandRun.Of("inspect", "-m", Mixture, "--experts-memory", "40kB").Output);
    }
}
