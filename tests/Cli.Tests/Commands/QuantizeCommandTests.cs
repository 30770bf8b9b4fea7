using Hearth.Engine.Files.Gguf;

namespace Hearth.Cli.Tests.Commands;

public sealed class QuantizeCommandTests
{
    [Fact]
    public void A_file_is_written_and_what_fell_back_is_said()
    {
        using var output = new TemporaryFile("out.gguf");
        var run = CommandRun.Of("quantize", CommandRun.Stories, output.FilePath, "Q4_K_M", "--allow-requantize");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("bits a weight", run.Output, StringComparison.Ordinal);
        Assert.Contains("with rows of 64 weights, which do not divide into Q4_K blocks, became Q5_0", run.Error, StringComparison.Ordinal);
        using var file = GgufFile.Open(output.FilePath);
        Assert.Equal(15u, file.Metadata.GetUInt32("general.file_type"));
        Assert.Equal(ExitCodes.Success, CommandRun.Of("run", "-m", output.FilePath, "-n", "3", "Once").ExitCode);
    }

    [Fact]
    public void A_dry_run_shows_types_and_sizes_and_writes_nothing()
    {
        var run = CommandRun.Of("quantize", "--dry-run", CommandRun.Stories, "Q4_K_M", "--allow-requantize");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("Q5_0 (for Q4_K)", run.Output, StringComparison.Ordinal);
        Assert.Contains("of Q4_K_M", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_existing_file_is_replaced_only_by_force()
    {
        using var output = new TemporaryFile("out.gguf", "precious");
        string[] arguments = ["quantize", CommandRun.Stories, output.FilePath, "Q8_0", "--allow-requantize"];
        var refused = CommandRun.Of(arguments);
        Assert.Equal($"{output.FilePath}: exists already; --force replaces it.", refused.Sentence());
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
        Assert.Equal("precious", File.ReadAllText(output.FilePath));
        Assert.Equal(ExitCodes.Success, CommandRun.Of([.. arguments, "--force"]).ExitCode);
        Assert.True(new FileInfo(output.FilePath).Length > 100_000);
    }

    [Theory]
    [InlineData("Q4_K_X", "Q4_K_X is no kind of file; did you mean Q4_K_S?")]
    [InlineData("Q4_0 --tensor-type nonsense", "--tensor-type takes a pattern and a type")]
    [InlineData("Q4_0 --tensor-type (=Q8_0", "is no regular expression")]
    [InlineData("Q4_0 --output-tensor-type Q9", "--output-tensor-type: Q9 is no type of weights")]
    public void Wrong_usage_is_explained(string arguments, string message)
    {
        using var output = new TemporaryFile("out.gguf");
        var run = CommandRun.Of(["quantize", CommandRun.Stories, output.FilePath, .. arguments.Split(' ')]);
        Assert.Contains(message, run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
    }

    [Fact]
    public void The_input_is_never_overwritten()
    {
        var run = CommandRun.Of("quantize", CommandRun.Stories, CommandRun.Stories, "Q8_0", "--allow-requantize", "--force");
        Assert.EndsWith("is the file to read as well; give the new one another name.", run.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantised_file_is_not_quantised_again_without_a_flag()
    {
        using var output = new TemporaryFile("out.gguf");
        var run = CommandRun.Of("quantize", CommandRun.Stories, output.FilePath, "Q4_0");
        Assert.Contains("--allow-requantize", run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }
}
