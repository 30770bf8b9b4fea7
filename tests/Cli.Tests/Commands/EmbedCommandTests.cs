using System.Globalization;
using System.Text.Json;

namespace Hearth.Cli.Tests.Commands;

public sealed class EmbedCommandTests
{
    private static readonly string[] Embed = ["embed", "-m", CommandRun.Stories];

    [Fact]
    public void Each_text_gets_a_line_of_numbers()
    {
        string[] lines = CommandRun.Of([.. Embed, "Once upon a time", "The end"]).Lines();
        Assert.Equal(2, lines.Length);
        float[] vector = Numbers(lines[0]);
        Assert.Equal(64, vector.Length);
        Assert.Equal(1, vector.Sum(value => value * value), 1e-5f);
        Assert.NotEqual(lines[0], lines[1]);
    }

    [Fact]
    public void Texts_may_be_lines_of_a_file_or_of_standard_input()
    {
        const string texts = "Once upon a time\r\nThe end\n";
        string expected = CommandRun.Of([.. Embed, "Once upon a time", "The end"]).Output;
        using var file = new TemporaryFile("texts", texts);
        Assert.Equal(expected, CommandRun.Of([.. Embed, "-f", file.FilePath]).Output);
        Assert.Equal(expected, CommandRun.WithInput(texts, Embed).Output);
    }

    [Fact]
    public void The_json_formats_hold_the_same_numbers()
    {
        string[] texts = ["Once upon a time", "The end"];
        float[][] plain = [.. CommandRun.Of([.. Embed, .. texts]).Lines().Select(Numbers)];
        var array = CommandRun.Of([.. Embed, "--embd-output-format", "array", .. texts]).Objects().Single();
        Assert.Equal(plain, array.EnumerateArray().Select(Floats));
        var json = CommandRun.Of([.. Embed, "--embd-output-format", "json", .. texts]).Objects().Single();
        Assert.Equal(plain, json.GetProperty("data").EnumerateArray().Select(item => Floats(item.GetProperty("embedding"))));
        Assert.Equal([0, 1], json.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("index").GetInt32()));
        Assert.False(json.TryGetProperty("cosineSimilarity", out _));
        var more = CommandRun.Of([.. Embed, "--embd-output-format", "json+", .. texts]).Objects().Single();
        float cosine = more.GetProperty("cosineSimilarity")[0][1].GetSingle();
        Assert.Equal(plain[0].Zip(plain[1], (a, b) => a * b).Sum(), cosine, 1e-5f);
        Assert.Equal(cosine, Numbers(CommandRun.Of([.. Embed, "--similarity", .. texts]).Lines()[1])[0], 1e-4f);
    }

    [Fact]
    public void Pooling_and_length_can_be_chosen()
    {
        string last = CommandRun.Of([.. Embed, "The end"]).Output;
        Assert.Equal(last, CommandRun.Of([.. Embed, "--pooling", "last", "The end"]).Output);
        Assert.NotEqual(last, CommandRun.Of([.. Embed, "--pooling", "mean", "The end"]).Output);
        float[] raw = Numbers(CommandRun.Of([.. Embed, "--embd-normalize", "-1", "The end"]).Lines().Single());
        Assert.NotEqual(1, raw.Sum(value => value * value), 1e-2f);
    }

    [Fact]
    public void Without_pooling_each_token_has_a_line_and_the_last_one_is_that_of_the_text()
    {
        string[] lines = CommandRun.Of([.. Embed, "--pooling", "none", "Once upon a time"]).Lines();
        Assert.Equal(CommandRun.Of("tokenize", "-m", CommandRun.Stories, "Once upon a time").Lines().Single().Split(' ').Length, lines.Length);
        Assert.Equal(CommandRun.Of([.. Embed, "Once upon a time"]).Lines().Single(), lines[^1]);
        var answer = CommandRun.WithInput("{\"ids\":[1,403]}", [.. Embed, "--pooling", "none", "--jsonl"]).Objects().Single();
        Assert.Equal(2, answer.GetProperty("embedding").GetArrayLength());
    }

    [Fact]
    public void Lines_of_json_are_answered_one_by_one()
    {
        const string questions = "{\"text\":\"The end\"}\n{\"ids\":[1,403]}\n{\"ids\":[512]}\n{}\n";
        var answers = CommandRun.WithInput(questions, [.. Embed, "--jsonl"]).Objects();
        string plain = CommandRun.Of([.. Embed, "The end"]).Lines().Single();
        Assert.Equal(Numbers(plain), Floats(answers[0].GetProperty("embedding")));
        Assert.Equal(64, answers[1].GetProperty("embedding").GetArrayLength());
        Assert.Contains("512", answers[2].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("'text'", answers[3].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--pooling max is no way to pool; there are mean, cls, last, none.", "--pooling", "max", "x")]
    [InlineData("--embd-normalize 1 is not supported; there are 2 (length 1) and -1 (as they are).", "--embd-normalize", "1", "x")]
    [InlineData("--embd-output-format xml is no format; there are plain, array, json, json+.", "--embd-output-format", "xml", "x")]
    [InlineData("The texts are given more than once; use arguments or -f.", "-f", "texts", "x")]
    [InlineData("Text 2 is empty.", "x", "")]
    public void Wrong_usage_gets_one_sentence(string sentence, params string[] args)
        => Assert.Equal(sentence, CommandRun.Of([.. Embed, .. args]).Sentence());

    private static float[] Numbers(string line)
        => [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => float.Parse(text, CultureInfo.InvariantCulture))];

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
