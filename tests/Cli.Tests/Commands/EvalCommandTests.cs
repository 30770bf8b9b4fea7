using System.Text.Json;

namespace Hearth.Cli.Tests.Commands;

public sealed class EvalCommandTests
{
    private static readonly string[] Eval = ["eval", "-m", CommandRun.Stories, "--tokens", "1 403 407 261 378"];

    [Fact]
    public void The_answer_has_tokens_last_and_top()
    {
        var answer = CommandRun.Of(Eval).Objects().Single();
        Assert.Equal(["tokens", "last", "top"], answer.EnumerateObject().Select(property => property.Name));
        Assert.Equal([1, 403, 407, 261, 378], answer.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32()));
        float[] last = Floats(answer.GetProperty("last"));
        Assert.Equal(512, last.Length);
        var top = answer.GetProperty("top").EnumerateArray().Select(pair => (Id: pair[0].GetInt32(), Logit: pair[1].GetSingle())).ToArray();
        int[] expected = [.. Enumerable.Range(0, 512).OrderByDescending(id => last[id]).ThenBy(id => id).Take(8)];
        Assert.Equal(expected, top.Select(pair => pair.Id));
        Assert.Equal(expected.Select(id => last[id]), top.Select(pair => pair.Logit));
    }

    [Theory]
    [InlineData("--chunk", "1")]
    [InlineData("--chunk", "2")]
    [InlineData("--chunk", "100")]
    [InlineData("-t", "1")]
    [InlineData("-t", "5")]
    [InlineData("-b", "3")]
    public void Passes_and_threads_do_not_change_a_bit(params string[] flags)
        => Assert.Equal(CommandRun.Of([.. Eval, "--all"]).Output, CommandRun.Of([.. Eval, "--all", .. flags]).Output);

    [Fact]
    public void All_gives_a_row_for_each_position()
    {
        var answer = CommandRun.Of([.. Eval, "--all"]).Objects().Single();
        var rows = answer.GetProperty("logits").EnumerateArray().ToArray();
        Assert.Equal(5, rows.Length);
        Assert.Equal(answer.GetProperty("last").GetRawText(), rows[^1].GetRawText());
        var shorter = CommandRun.Of("eval", "-m", CommandRun.Stories, "--tokens", "1,403,407").Objects().Single();
        Assert.Equal(shorter.GetProperty("last").GetRawText(), rows[2].GetRawText());
    }

    [Fact]
    public void Greedy_goes_on_with_the_best_token_each_time()
    {
        var answer = CommandRun.Of([.. Eval, "--greedy", "3"]).Objects().Single();
        int[] greedy = [.. answer.GetProperty("greedy").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(3, greedy.Length);
        string longer = $"1 403 407 261 378 {greedy[0]} {greedy[1]}";
        var next = CommandRun.Of("eval", "-m", CommandRun.Stories, "--tokens", longer).Objects().Single();
        Assert.Equal(greedy[2], next.GetProperty("top")[0][0].GetInt32());
    }

    [Fact]
    public void Greedy_of_zero_is_empty()
        => Assert.Equal(0, CommandRun.Of([.. Eval, "--greedy", "0"]).Objects().Single().GetProperty("greedy").GetArrayLength());

    [Fact]
    public void Tokens_may_come_from_standard_input()
        => Assert.Equal(
            CommandRun.Of(Eval).Output,
            CommandRun.WithInput("[1, 403, 407, 261, 378]\n", [.. Eval[..3], "--tokens", "-"]).Output);

    [Fact]
    public void Logits_read_back_as_the_same_floats()
    {
        var answer = CommandRun.Of(Eval).Objects().Single();
        foreach (var logit in answer.GetProperty("last").EnumerateArray())
            Assert.Equal(logit.GetRawText(), JsonSerializer.SerializeToElement(logit.GetSingle()).GetRawText());
    }

    [Theory]
    [InlineData("1 x", ExitCodes.Usage, "A token id of --tokens takes a whole number; 'x' is none.")]
    [InlineData("", ExitCodes.Usage, "A token id of --tokens is needed; there is none.")]
    [InlineData("1 512", ExitCodes.Input, "The token 512 is not in the vocabulary, whose ids are 0 to 511.")]
    [InlineData("-7", ExitCodes.Input, "The token -7 is not in the vocabulary, whose ids are 0 to 511.")]
    public void Wrong_tokens_get_one_sentence(string tokens, int code, string sentence)
    {
        var run = CommandRun.Of("eval", "-m", CommandRun.Stories, "--tokens", tokens);
        Assert.Equal(sentence, run.Sentence());
        Assert.Equal(code, run.ExitCode);
    }

    [Fact]
    public void More_tokens_than_the_context_are_refused()
    {
        var run = CommandRun.Of([.. Eval, "-c", "4"]);
        Assert.Equal("--tokens has 5 tokens, but the context holds 4; -c makes it larger.", run.Sentence());
        Assert.Equal(ExitCodes.Input, run.ExitCode);
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
