namespace Hearth.Cli.Tests.Commands;

public sealed class RunCommandTests
{
    private const string Prompt = "Once upon a time";
    private static readonly string[] Greedy = ["run", "-m", CommandRun.Stories, "--temp", "0", "-n", "40"];

    [Fact]
    public void The_continuation_is_the_one_of_eval()
    {
        string ids = CommandRun.Of("tokenize", "-m", CommandRun.Stories, Prompt).Lines().Single();
        var eval = CommandRun.Of("eval", "-m", CommandRun.Stories, "--tokens", ids, "--greedy", "40").Objects().Single();
        string[] greedy = [.. eval.GetProperty("greedy").EnumerateArray().Select(id => id.GetRawText())];
        string expected = CommandRun.Of(["detokenize", "-m", CommandRun.Stories, .. ids.Split(' ')[1..], .. greedy]).Output;
        string run = CommandRun.Of([.. Greedy, "--display-prompt", Prompt]).Output;
        Assert.Equal(expected, run);
    }

    [Fact]
    public void Log_probabilities_are_those_of_the_logits_that_eval_gives()
    {
        string ids = CommandRun.Of("tokenize", "-m", CommandRun.Stories, Prompt).Lines().Single();
        var eval = CommandRun.Of("eval", "-m", CommandRun.Stories, "--tokens", ids).Objects().Single();
        double[] logits = [.. eval.GetProperty("last").EnumerateArray().Select(logit => logit.GetDouble())];
        double logSum = Math.Log(logits.Sum(Math.Exp));
        var lines = CommandRun.Of([.. Greedy, "--temp", "1", "--seed", "5", "--logprobs", "3", Prompt]).Objects();
        int token = lines[0].GetProperty("token").GetInt32();
        Assert.Equal(logits[token] - logSum, lines[0].GetProperty("logprob").GetDouble(), 1e-5);
        int[] best = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).Take(3)];
        Assert.Equal(best, lines[0].GetProperty("top").EnumerateArray().Select(pair => pair[0].GetInt32()));
        Assert.All(
            lines[0].GetProperty("top").EnumerateArray(),
            pair => Assert.Equal(logits[pair[0].GetInt32()] - logSum, pair[1].GetDouble(), 1e-5));
        string text = string.Concat(lines.Select(line => line.GetProperty("text").GetString()));
        Assert.Equal(CommandRun.Of([.. Greedy, "--temp", "1", "--seed", "5", Prompt]).Output.TrimEnd('\n'), text.TrimEnd('\n'));
    }

    [Fact]
    public void A_pipe_gets_the_continuation_alone_and_no_colour()
    {
        string alone = CommandRun.Of([.. Greedy, Prompt]).Output;
        Assert.DoesNotContain(Prompt, alone, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', alone);
        Assert.EndsWith("\n", alone, StringComparison.Ordinal);
        Assert.Equal(Prompt + alone, CommandRun.Of([.. Greedy, "--display-prompt", Prompt]).Output);
    }

    [Fact]
    public void A_terminal_gets_the_prompt_too_in_another_colour()
    {
        var run = CommandRun.OnTerminal("", [.. Greedy, Prompt]);
        Assert.StartsWith($"\e[2m{Prompt}\e[0m", run.Output, StringComparison.Ordinal);
        var without = CommandRun.OnTerminal("", [.. Greedy, "--no-display-prompt", Prompt]);
        Assert.DoesNotContain(Prompt, without.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_prompt_may_come_from_anywhere()
    {
        using var file = new TemporaryFile("prompt.txt", Prompt + "\n");
        string expected = CommandRun.Of([.. Greedy, Prompt]).Output;
        Assert.Equal(expected, CommandRun.Of([.. Greedy, "-p", Prompt]).Output);
        Assert.Equal(expected, CommandRun.Of([.. Greedy, "-f", file.FilePath]).Output);
        Assert.Equal(expected, CommandRun.WithInput(Prompt + "\n", Greedy).Output);
        Assert.Equal(expected, CommandRun.WithInput(Prompt, [.. Greedy, "-"]).Output);
    }

    [Fact]
    public void A_prompt_is_needed()
    {
        Assert.Equal("The prompt is empty.", CommandRun.Of([.. Greedy, ""]).Sentence());
        Assert.Equal("The prompt is empty.", CommandRun.WithInput("\n", Greedy).Sentence());
        Assert.Equal(ExitCodes.Usage, CommandRun.Of([.. Greedy, ""]).ExitCode);
    }

    [Fact]
    public void A_prompt_file_that_is_missing_is_named()
    {
        var run = CommandRun.Of([.. Greedy, "-f", "/no/such/prompt"]);
        Assert.Equal("/no/such/prompt: there is no such file.", run.Sentence());
        Assert.Equal(ExitCodes.Input, run.ExitCode);
    }

    [Fact]
    public void A_prompt_longer_than_the_context_is_refused_with_the_numbers()
    {
        var run = CommandRun.Of([.. Greedy, "-c", "4", "a long prompt of many words"]);
        Assert.Matches(@"^The text has \d+ tokens, but the context holds 4 ", run.Sentence());
        Assert.Equal(ExitCodes.Input, run.ExitCode);
    }

    [Fact]
    public void Escapes_are_understood_unless_told_otherwise()
    {
        string line = CommandRun.Of([.. Greedy, "One\nTwo"]).Output;
        Assert.Equal(line, CommandRun.Of([.. Greedy, @"One\nTwo"]).Output);
        Assert.NotEqual(line, CommandRun.Of([.. Greedy, "--no-escape", @"One\nTwo"]).Output);
    }

    [Fact]
    public void A_reverse_prompt_ends_the_text_before_it()
    {
        string all = CommandRun.Of([.. Greedy, Prompt]).Output;
        string stop = all[10..14];
        string expected = all[..all.IndexOf(stop, StringComparison.Ordinal)];
        Assert.Equal(expected.TrimEnd('\n') + "\n", CommandRun.Of([.. Greedy, "-r", stop, Prompt]).Output);
    }

    [Fact]
    public void The_same_seed_tells_the_same_story()
    {
        string[] args = ["run", "-m", CommandRun.Stories, "--temp", "1", "-n", "40", "--seed", "7", Prompt];
        Assert.Equal(CommandRun.Of(args).Output, CommandRun.Of(args).Output);
        args[^2] = "8";
        Assert.NotEqual(CommandRun.Of([.. args[..^2], "7", Prompt]).Output, CommandRun.Of(args).Output);
    }

    [Fact]
    public void Threads_and_passes_do_not_change_the_story()
    {
        string expected = CommandRun.Of([.. Greedy, "-t", "1", Prompt]).Output;
        Assert.Equal(expected, CommandRun.Of([.. Greedy, "-t", "3", "-b", "2", Prompt]).Output);
    }

    [Fact]
    public void Verbose_tells_the_timings_on_standard_error()
    {
        var run = CommandRun.Of([.. Greedy, "--verbose", "--seed", "5", Prompt]);
        Assert.Equal(CommandRun.Of([.. Greedy, Prompt]).Output, run.Output);
        Assert.Matches(@"prompt +\d+ tokens in [\d.]+ m?s, [\d.]+ t/s\n", run.Error);
        Assert.Matches(@"answer +40 tokens in [\d.]+ m?s, [\d.]+ t/s\n", run.Error);
        Assert.Contains("ended by    the number of tokens asked for\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("seed        5\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("context     512 positions\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_context_ends_the_story()
    {
        var run = CommandRun.Of("run", "-m", CommandRun.Stories, "-c", "16", "--ignore-eos", "-v", Prompt);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("ended by    the end of the context", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ignore_eos_never_ends_by_itself()
    {
        var run = CommandRun.Of("run", "-m", CommandRun.Stories, "--temp", "0", "-n", "400", "--ignore-eos", "--special", "-v", Prompt);
        Assert.DoesNotContain("</s>", run.Output, StringComparison.Ordinal);
        Assert.Contains("answer      400 tokens", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_banned_text_stays_away()
    {
        string[] story = ["run", "-m", CommandRun.Stories, "--temp", "0", "-n", "60", Prompt];
        Assert.Contains(" the ", CommandRun.Of(story).Output, StringComparison.Ordinal);
        var run = CommandRun.Of([.. story, "--ban", "the", "--ban", "\\n"]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.DoesNotContain("the", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chat_template_makes_a_conversation()
    {
        const string template = "{% for m in messages %}[{{ m.role }}] {{ m.content }} {% endfor %}";
        string expected = CommandRun.Of([.. Greedy, "-no-cnv", "[system] Be kind [user] Hello "]).Output;
        string conversation = CommandRun.Of([.. Greedy, "--chat-template", template, "-sys", "Be kind", "Hello"]).Output;

        // The conversation's text has no <s> in front, because the template writes none.
        Assert.NotEqual(expected, conversation);
        Assert.Equal(
            CommandRun.Of([.. Greedy, "-no-cnv", "<s>[system] Be kind [user] Hello "]).Output,
            CommandRun.Of([.. Greedy, "--chat-template", "{{ bos_token }}{{ bos_token }}" + template, "-sys", "Be kind", "Hello"]).Output);
    }

    [Fact]
    public void A_broken_chat_template_is_reported()
    {
        var run = CommandRun.Of([.. Greedy, "--chat-template", "{% if %}", "Hello"]);
        Assert.NotEmpty(run.Sentence());
        Assert.Equal(ExitCodes.Input, run.ExitCode);
    }

    [Fact]
    public void The_embedded_story_teller_needs_no_model()
    {
        var run = CommandRun.Of("run", Prompt, "-n", "20", "--seed", "1");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.InRange(run.Output.Length, 20, 400);
    }

    [Fact]
    public void Dry_knows_the_models_breakers()
    {
        var run = CommandRun.Of([.. Greedy, "--dry-multiplier", "2", "--dry-sequence-breaker", "x", Prompt]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public void Logit_bias_forbids_a_token()
    {
        string[] tokens = CommandRun.Of("tokenize", "-m", CommandRun.Stories, Prompt).Lines().Single().Split(' ');
        var eval = CommandRun.Of("eval", "-m", CommandRun.Stories, "--tokens", string.Join(' ', tokens)).Objects().Single();
        string best = eval.GetProperty("top")[0][0].GetRawText();
        string[] one = ["run", "-m", CommandRun.Stories, "--temp", "0", "-n", "1"];
        Assert.NotEqual(CommandRun.Of([.. one, Prompt]).Output, CommandRun.Of([.. one, "-l", best + "-inf", Prompt]).Output);
    }
}
