using System.Globalization;

namespace Hearth.Cli.Tests.Commands;

public sealed class RerankCommandTests
{
    private static readonly string[] Documents = ["The cat sleeps.", "Stock prices fell.", "the moon rose"];

    private readonly string[] rerank = ["rerank", "-m", PackedModels.PathOf("bert-rank.gguf"), "--query", "who sleeps?"];

    [Fact]
    public void The_best_document_comes_first_behind_its_score()
    {
        string[] lines = CommandRun.Of([.. rerank, .. Documents]).Lines();
        Assert.Equal(Documents.Order(StringComparer.Ordinal), lines.Select(line => line.Split('\t')[1]).Order(StringComparer.Ordinal));
        double[] scores = [.. lines.Select(line => double.Parse(line.Split('\t')[0], CultureInfo.InvariantCulture))];
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(lines[..2], CommandRun.Of([.. rerank, "--top-n", "2", .. Documents]).Lines());
    }

    [Fact]
    public void Documents_may_be_lines_of_a_file_or_of_standard_input()
    {
        string texts = string.Join('\n', Documents) + "\n";
        string expected = CommandRun.Of([.. rerank, .. Documents]).Output;
        using var file = new TemporaryFile("texts", texts);
        Assert.Equal(expected, CommandRun.Of([.. rerank, "-f", file.FilePath]).Output);
        Assert.Equal(expected, CommandRun.WithInput(texts, rerank).Output);
    }

    [Fact]
    public void The_json_object_names_documents_by_their_number()
    {
        string[] plain = CommandRun.Of([.. rerank, .. Documents]).Lines();
        var results = CommandRun.Of([.. rerank, "--json", .. Documents]).Objects().Single().GetProperty("results");
        Assert.Equal(
            plain,
            results.EnumerateArray().Select(result => string.Create(
                CultureInfo.InvariantCulture,
                $"{result.GetProperty("relevance_score").GetSingle():F4}\t{Documents[result.GetProperty("index").GetInt32()]}")));
    }

    [Fact]
    public void Wrong_usage_gets_one_sentence()
    {
        Assert.Equal("There is no query: give one with --query.", CommandRun.Of("rerank", "-m", PackedModels.PathOf("bert-rank.gguf"), "x").Sentence());
        Assert.Equal("Document 2 is empty.", CommandRun.Of([.. rerank, "x", ""]).Sentence());
        var run = CommandRun.Of("rerank", "-m", CommandRun.Stories, "--query", "who", "x");
        Assert.Contains("no classification head", run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Model, run.ExitCode);
    }
}
