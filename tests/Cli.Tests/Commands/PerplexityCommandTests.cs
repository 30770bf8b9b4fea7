using System.Text.Json;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Cli.Tests.Commands;

public sealed class PerplexityCommandTests
{
    private static readonly string Text = string.Concat(Enumerable.Repeat(
        "Once upon a time there was a little girl who lived near a wood. One day she met a wolf who wanted to know where she went. ", 6));

    [Fact]
    public void Perplexity_is_one_line_or_one_object()
    {
        using var text = new TemporaryFile("text", Text);
        string line = Assert.Single(CommandRun.Of("perplexity", "-m", CommandRun.Stories, "-f", text.FilePath, "-c", "64").Lines());
        Assert.Matches(@"^perplexity \d+\.\d{4} \+/- \d+\.\d{4} \(\d+ windows of 64 tokens, \d+ guesses\)$", line);
        var json = Json("-m", CommandRun.Stories, "-f", text.FilePath, "-c", "64", "--chunks", "2");
        Assert.Equal(2, json.GetProperty("windows").GetInt32());
        Assert.Equal(2 * 31, json.GetProperty("guesses").GetInt32());
        Assert.InRange(json.GetProperty("perplexity").GetDouble(), 1.5, 100);
        Assert.Equal(96, Json("-m", CommandRun.Stories, "-f", text.FilePath, "-c", "64", "--stride", "32", "--chunks", "3").GetProperty("guesses").GetInt32());
    }

    [Fact]
    public void A_quantised_model_is_compared_with_its_original_or_with_a_file_of_its_guesses()
    {
        using var text = new TemporaryFile("text", Text);
        string quantised = Path.Combine(text.Folder, "q.gguf");
        string logits = Path.Combine(text.Folder, "logits");
        Assert.Equal(ExitCodes.Success, CommandRun.Of("quantize", CommandRun.Stories, quantised, "Q4_0", "--allow-requantize").ExitCode);
        Json("-m", CommandRun.Stories, "-f", text.FilePath, "-c", "64", "--save-all-logits", logits);
        var byModel = Json("-m", quantised, "-f", text.FilePath, "-c", "64", "--base", CommandRun.Stories);
        var byFile = Json("-m", quantised, "--kl-divergence", "--kl-divergence-base", logits);
        double mean = byModel.GetProperty("mean_kld").GetDouble();
        Assert.InRange(mean, 1e-4, 1);
        Assert.Equal(mean, byFile.GetProperty("mean_kld").GetDouble(), 0.01 * mean);
        Assert.InRange(byFile.GetProperty("same_top").GetDouble(), 0.5, 1);
    }

    [Fact]
    public void An_importance_matrix_is_written_and_read_by_quantize()
    {
        using var text = new TemporaryFile("text", Text);
        string matrix = Path.Combine(text.Folder, "i.gguf");
        Assert.Equal(
            $"{matrix}: 35 tensors over 3 windows of 64 tokens",
            CommandRun.Of("imatrix", "-m", CommandRun.Stories, "-f", text.FilePath, "-c", "64", "--chunks", "3", "-o", matrix).Lines()[0]);
        using var file = GgufFile.Open(matrix);
        Assert.Equal("imatrix", file.Metadata.GetString("general.type"));
        var run = CommandRun.Of(
            "quantize", CommandRun.Stories, Path.Combine(text.Folder, "q.gguf"), "Q4_0", "--allow-requantize", "--imatrix", matrix);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Theory]
    [InlineData("-f {0} -c 4096", ExitCodes.Input, "fewer than a window of 4096")]
    [InlineData("-c 64", ExitCodes.Usage, "-f is needed")]
    [InlineData("-f {0} -c 3", ExitCodes.Usage, "a window has at least 4 tokens")]
    [InlineData("-f {0} -c 64 --kl-divergence", ExitCodes.Usage, "needs one base")]
    [InlineData("-f {0} -c 64 --stride 64", ExitCodes.Usage, "is not less than the window")]
    [InlineData("--kl-divergence --kl-divergence-base {0}", ExitCodes.Model, "is no file of logits")]
    public void Wrong_usage_is_explained(string arguments, int code, string message)
    {
        using var text = new TemporaryFile("text", Text);
        var run = CommandRun.Of(["perplexity", "-m", CommandRun.Stories, .. arguments.Replace("{0}", text.FilePath).Split(' ')]);
        Assert.Contains(message, run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
    }

    private static JsonElement Json(params string[] arguments)
        => Assert.Single(CommandRun.Of(["perplexity", .. arguments, "--json"]).Objects());
}
