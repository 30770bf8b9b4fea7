using System.Text.Json;

namespace Hearth.Cli.Tests.Commands;

public sealed class BenchCommandTests
{
    private static readonly string[] Bench = ["bench", "-m", CommandRun.Stories, "-r", "2"];

    [Fact]
    public void Markdown_has_llama_benchs_columns_and_rung_and_bandwidth()
    {
        string[] lines = CommandRun.Of([.. Bench, "-p", "8", "-n", "4", "-t", "1"]).Lines();
        Assert.Equal(4, lines.Length);
        Assert.Equal(
            ["model", "size", "params", "backend", "threads", "test", "t/s", "rung", "of bandwidth"],
            lines[0].Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries));
        Assert.Matches(@"^\| llama 260\.03 K Q8_0 +\| +[\d.]+ KiB \| +260\.03 K \| CPU +\| +1 \|", lines[2]);
        Assert.Matches(@"\| +pp8 \| +[\d.]+ ± [\d.]+ \| \w+ +\| +- \|$", lines[2]);
        Assert.Matches(@"\| +tg4 \| +[\d.]+ ± [\d.]+ \| \w+ +\| +[\d.]+ GB/s \(\d+ %\) \|$", lines[3]);
    }

    [Fact]
    public void Csv_has_a_cell_for_each_name()
    {
        string[] lines = CommandRun.Of([.. Bench, "-p", "4,8", "-n", "0", "-o", "csv"]).Lines();
        Assert.Equal(3, lines.Length);
        int columns = lines[0].Split(',').Length;
        Assert.All(lines[1..], line => Assert.Equal(columns, line.Split("\",\"").Length));
    }

    [Fact]
    public void Json_has_the_samples()
    {
        var run = CommandRun.Of([.. Bench, "-p", "0", "-n", "3", "-d", "0,5", "-o", "json"]);
        var results = JsonDocument.Parse(run.Output).RootElement.EnumerateArray().ToArray();
        Assert.Equal([0, 5], results.Select(result => result.GetProperty("n_depth").GetInt32()));
        Assert.All(results, result =>
        {
            Assert.Equal(2, result.GetProperty("samples_ns").GetArrayLength());
            Assert.True(result.GetProperty("avg_ts").GetDouble() > 0);
            Assert.True(result.GetProperty("memory_bandwidth").GetDouble() > 0);
        });
    }

    [Fact]
    public void A_model_that_cannot_be_loaded_gets_no_table()
        => Assert.Equal("/no/such: there is no such file.", CommandRun.Of("bench", "-m", "/no/such", "-n", "0").Sentence());

    [Theory]
    [InlineData("-p 0 -n 0", "There is nothing to measure: -p and -n are both 0.")]
    [InlineData("-p 5,x", "-p takes a whole number; 'x' is none.")]
    [InlineData("-t 0", "-t 0 is not within 1 and ")]
    [InlineData("-o xml", "-o xml is no format; there are md, csv and json.")]
    [InlineData("-r 0", "-r 0 is not within 1 and 10000.")]
    public void Wrong_values_get_one_sentence(string flags, string sentence)
    {
        var run = CommandRun.Of([.. Bench[..3], .. flags.Split(' ')]);
        Assert.StartsWith(sentence, run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
    }
}
