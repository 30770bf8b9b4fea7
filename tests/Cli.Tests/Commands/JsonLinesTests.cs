namespace Hearth.Cli.Tests.Commands;

public sealed class JsonLinesTests
{
    [Fact]
    public void Tokenize_answers_line_by_line()
    {
        const string input = """
            {"text":"Once upon a time","add_special":true,"parse_special":false}
            {"text":"</s>","add_special":false,"parse_special":true}
            {"text":"</s>","add_special":false,"parse_special":false}
            {"text":""}
            """;
        var answers = CommandRun.WithInput(input, "tokenize", "-m", CommandRun.Stories, "--jsonl").Objects();
        Assert.Equal("[1,403,407,261,378]", answers[0].GetProperty("ids").GetRawText());
        Assert.Equal("[2]", answers[1].GetProperty("ids").GetRawText());
        Assert.True(answers[2].GetProperty("ids").GetArrayLength() > 1);
        Assert.Equal("[]", answers[3].GetProperty("ids").GetRawText());
        Assert.Equal(4, answers.Length);
    }

    [Fact]
    public void Tokenize_and_detokenize_need_no_tensors()
    {
        using var vocabulary = ModelErrorTests.Vocabulary();
        string[] flags = ["-m", vocabulary.FilePath, "--jsonl"];
        var ids = CommandRun.WithInput("""{"text":"Once upon a time"}""", ["tokenize", .. flags]).Objects().Single();
        string question = $$"""{"ids":{{ids.GetProperty("ids").GetRawText()}},"show_special":false}""";
        var text = CommandRun.WithInput(question, ["detokenize", .. flags]).Objects().Single();
        Assert.Equal("Once upon a time", text.GetProperty("text").GetString());
    }

    [Fact]
    public void Detokenize_shows_and_removes_special_tokens()
    {
        const string input = """
            {"ids":[1,403,407,261,378],"show_special":true}
            {"ids":[1,403,407,261,378],"show_special":false}
            {"ids":[1,403,407,261,378],"remove_special":true}
            """;
        var answers = CommandRun.WithInput(input, "detokenize", "-m", CommandRun.Stories, "--jsonl").Objects();
        Assert.Equal("<s> Once upon a time", answers[0].GetProperty("text").GetString());
        Assert.EndsWith("Once upon a time", answers[1].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("<s>", answers[2].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "tokenize",
        """{"text":"a"}""",
        "not json",
        "[]",
        "{}",
        "",
        "null",
        """{"text":7}""",
        """{"text":"a","add_special":"yes"}""")]
    [InlineData(
        "detokenize",
        """{"ids":[1]}""",
        "{",
        """{"ids":[1.5]}""",
        """{"ids":[512]}""",
        """{"ids":[-1]}""",
        """{"ids":"1"}""",
        """{"ids":[1e99]}""")]
    [InlineData(
        "template",
        """{"template":"a","input":{}}""",
        """{"template":"a"}""",
        """{"input":{}}""",
        """{"template":"{% if %}","input":{}}""",
        """{"template":"{{ raise_exception('no') }}","input":{}}""",
        """{"template":"a","input":{},"now":"noon"}""")]
    [InlineData(
        "sample",
        """{"chain":[{"op":"greedy"}],"steps":[[1,2]]}""",
        """{"chain":[]}""",
        """{"chain":[{"op":"bogus"}],"steps":[[1]]}""",
        """{"chain":[],"steps":[[]]}""",
        """{"chain":[],"steps":[[1],[1,2]]}""")]
    public void A_bad_line_gets_an_error_and_the_rest_goes_on(string command, string good, params string[] bad)
    {
        var lines = new List<string>();
        foreach (string line in bad)
            lines.AddRange([good, line]);
        lines.Add(good);
        string[] flags = command is "tokenize" or "detokenize" ? ["-m", CommandRun.Stories] : [];
        var answers = CommandRun.WithInput(string.Join('\n', lines) + "\n", [command, "--jsonl", .. flags]).Objects();
        Assert.Equal(lines.Count, answers.Length);
        for (int i = 0; i < answers.Length; i++)
        {
            bool isError = answers[i].TryGetProperty("error", out var error);
            Assert.True(isError == (i % 2 == 1), $"{lines[i]} -> {answers[i].GetRawText()}");
            if (isError)
                Assert.NotEmpty(error.GetString()!);
        }
    }

    [Fact]
    public void Template_renders_with_the_given_clock()
    {
        const string input = """
            {"template":"{{ m[0].content }} {{ strftime_now('%d %b %H:%M') }}","input":{"m":[{"content":"Grüße 🔥"}]},"now":"2026-02-05T13:07:09Z"}
            {"template":"{{ strftime_now('%H:%M') }}","input":{},"now":"2026-02-05T13:07:09+02:00"}
            {"template":"{{ x }}{{ y }}","input":{"x":2.0,"y":2}}
            """;
        var answers = CommandRun.WithInput(input, "template", "--jsonl").Objects();
        Assert.Equal("Grüße 🔥 05 Feb 13:07", answers[0].GetProperty("text").GetString());
        Assert.Equal("13:07", answers[1].GetProperty("text").GetString());
        Assert.Equal("2.02", answers[2].GetProperty("text").GetString());
    }

    [Fact]
    public void Without_jsonl_template_and_sample_take_one_object_of_many_lines()
    {
        const string question = """
            {"template": "hi {{ who }}",
             "input": {"who": "there"}}
            """;
        Assert.Equal("hi there", CommandRun.WithInput(question, "template").Output);
        var answer = CommandRun.WithInput("{\"chain\":[],\n\"steps\":[[0,0]]}", "sample").Objects().Single();
        Assert.Equal("[0.5,0.5]", answer.GetProperty("steps")[0].GetProperty("p").GetRawText());
        var wrong = CommandRun.WithInput("nonsense", "template");
        Assert.Equal(ExitCodes.Input, wrong.ExitCode);
        Assert.NotEmpty(wrong.Sentence());
    }

    [Fact]
    public void Sample_applies_a_chain_with_history_and_selected_tokens()
    {
        const string chain = """[{"op":"mirostat_v2","tau":2,"eta":0.5}]""";
        const string input = $$"""{"chain":{{chain}},"steps":[[1,2,3,4],[1,2,3,4]],"history":[0],"selected":[3,2]}""";
        var steps = CommandRun.WithInput(input, "sample", "--jsonl").Objects().Single().GetProperty("steps");
        Assert.Equal(2, steps.GetArrayLength());
        Assert.Equal(4, steps[0].GetProperty("mu_before").GetSingle());
        Assert.NotEqual(4, steps[1].GetProperty("mu_before").GetSingle());
    }
}
