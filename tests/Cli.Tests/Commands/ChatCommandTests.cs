namespace Hearth.Cli.Tests.Commands;

public sealed class ChatCommandTests
{
    private const string Template =
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";

    private static readonly string[] Chat =
        ["chat", "-m", CommandRun.Stories, "--chat-template", Template, "--temp", "0", "-n", "30", "-r", "\n"];

    [Fact]
    public void Each_line_gets_an_answer_and_a_pipe_no_prompt()
    {
        string[] lines = CommandRun.WithInput("Hello\nWhat now?\n", Chat).Lines();
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.DoesNotContain(">>>", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_second_answer_knows_the_first()
    {
        string together = CommandRun.WithInput("Hello\nWhat now?\n", Chat).Lines()[1];
        string cleared = CommandRun.WithInput("Hello\n/clear\nWhat now?\n", Chat).Lines()[1];
        string alone = CommandRun.WithInput("What now?\n", Chat).Lines()[0];
        Assert.Equal(alone, cleared);
        Assert.NotEqual(alone, together);
    }

    [Fact]
    public void Quotes_make_one_message_of_several_lines()
    {
        string[] lines = CommandRun.WithInput("\"\"\"One\nTwo\n\"\"\"\n", Chat).Lines();
        string[] same = CommandRun.WithInput("\"\"\"\nOne\nTwo\"\"\"\n", Chat).Lines();
        Assert.Single(lines);
        Assert.Equal(lines, same);
        Assert.Single(CommandRun.WithInput("\"\"\"One\nTwo\n", Chat).Lines());
    }

    [Fact]
    public void A_system_prompt_can_be_given_and_changed()
    {
        string given = CommandRun.WithInput("Hello\n", [.. Chat, "-sys", "You are a cat"]).Lines()[0];
        string changed = CommandRun.WithInput("/system You are a cat\nHello\n", Chat).Lines()[0];
        string none = CommandRun.WithInput("/system\nHello\n", [.. Chat, "-sys", "You are a cat"]).Lines()[0];
        Assert.Equal(given, changed);
        Assert.Equal(CommandRun.WithInput("Hello\n", Chat).Lines()[0], none);
        Assert.NotEqual(given, none);
    }

    [Fact]
    public void Regen_answers_again()
    {
        string[] greedy = CommandRun.WithInput("Hello\n/regen\n", Chat).Lines();
        Assert.Equal(greedy[0], greedy[1]);
        string[] drawn = CommandRun.WithInput("Hello\n/set temp 1.5\n/set seed 3\n/regen\n/regen\n", Chat).Lines();
        Assert.NotEqual(drawn[1], drawn[2]);
    }

    [Fact]
    public void Settings_can_be_changed_and_shown()
    {
        string[] lines = CommandRun.WithInput("/set temp 0.25\n/set top_k=7\n/set n 5\n/show\n", Chat).Lines();
        string[][] settings = [.. lines.Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))];
        Assert.Contains(["temp", "0.25"], settings);
        Assert.Contains(["top-k", "7"], settings);
        Assert.Contains(["predict", "5 tokens"], settings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_saved_conversation_goes_on_as_if_it_had_never_been_saved(bool isStory)
    {
        using var file = new TemporaryFile("a.session");
        string[] command = isStory ? ["chat", "--seed", "3", "-n", "20"] : [.. Chat, "-sys", "Be kind", "--temp", "0.8", "--seed", "3"];
        string Output(string said)
        {
            var run = CommandRun.WithInput(said, command);
            Assert.Equal("", run.Error);
            return run.Output;
        }

        string before = Output("Hello\nWhat now?\n");
        Assert.Equal(before, Output($"Hello\nWhat now?\n/save {file.FilePath}\n"));
        string other = Output("Something else\n");
        foreach (string next in (string[])["And then?\n", "/regen\n"])
        {
            string expected = Output($"Hello\nWhat now?\n{next}")[before.Length..];
            Assert.NotEmpty(expected.Trim());
            Assert.Equal(expected, Output($"Something else\n/load {file.FilePath}\n{next}")[other.Length..]);
        }
    }

    [Fact]
    public void A_file_that_is_no_session_is_neither_loaded_nor_replaced()
    {
        using var file = new TemporaryFile("model.gguf");
        File.WriteAllText(file.FilePath, "GGUF and more");
        string missing = file.FilePath + ".none/x";
        var run = CommandRun.WithInput(
            $"/save {file.FilePath}\n/load {file.FilePath}\n/load {missing}\n/save {missing}\n/save\n/load {Path.GetTempPath()}\nHello\n", Chat);
        string[] sentences = run.Error.Split('\n');
        Assert.Equal($"hearth: {file.FilePath}: is there already and is no saved session; choose another name.", sentences[0]);
        Assert.Equal($"hearth: {file.FilePath}: is no saved session of Hearth.", sentences[1]);
        Assert.Equal($"hearth: {missing}: there is no such file.", sentences[2]);
        Assert.StartsWith($"hearth: {missing}: cannot be written: ", sentences[3], StringComparison.Ordinal);
        Assert.Equal("hearth: /save takes the name of a file.", sentences[4]);
        Assert.Equal($"hearth: {Path.GetTempPath()}: there is no such file.", sentences[5]);
        Assert.Equal("GGUF and more", File.ReadAllText(file.FilePath));
        Assert.NotEmpty(run.Output.Trim());
    }

    [Fact]
    public void A_story_is_no_conversation_and_a_conversation_no_story()
    {
        using var file = new TemporaryFile("a.session");
        CommandRun.WithInput($"Hello\n/save {file.FilePath}\n", Chat).Lines();
        var story = CommandRun.WithInput($"/load {file.FilePath}\n", "chat");
        Assert.Contains("was saved with another model", story.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sett temp 1", "There is no command /sett; did you mean /set?")]
    [InlineData("/bogus", "There is no command /bogus; /help lists them. Begin with a space to say something that begins with a slash.")]
    [InlineData("/set tempp 1", "There is no setting 'tempp'; did you mean 'temp'?")]
    [InlineData("/set temp", "/set takes a name and a value, such as /set temp 0.7; /show lists the names.")]
    [InlineData("/set temp warm", "--temp takes a number; 'warm' is none.")]
    [InlineData("/set top-p 7", "top_p is 7; it must be between 0 and 1 (1 is off).")]
    [InlineData("/regen", "There is no answer to take back.")]
    public void A_wrong_command_gets_one_sentence_and_the_conversation_goes_on(string line, string sentence)
    {
        var run = CommandRun.WithInput($"{line}\nHello\n", Chat);
        Assert.Equal($"hearth: {sentence}\n", run.Error);
        Assert.NotEmpty(run.Output.Trim());
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public void A_message_that_does_not_fit_is_refused_and_the_conversation_goes_on()
    {
        var run = CommandRun.WithInput($"{string.Join(' ', Enumerable.Repeat("word", 200))}\nHi\n", [.. Chat, "-c", "64"]);
        Assert.Matches(@"^hearth: The text has \d+ tokens, but the context holds 64 .*\n$", run.Error);
        Assert.NotEmpty(run.Output.Trim());
    }

    [Fact]
    public void Bye_leaves_and_what_follows_is_not_read()
        => Assert.Single(CommandRun.WithInput("Hello\n/bye\nHello\n", Chat).Lines());

    [Fact]
    public void Help_lists_the_commands()
    {
        string[] lines = CommandRun.WithInput("/help\n", Chat).Lines();
        foreach (string command in (string[])["/help", "/clear", "/system", "/regen", "/set", "/show", "/bye"])
            Assert.Contains(lines, line => line.StartsWith(command + " ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_story_teller_says_what_it_is_and_goes_on_with_the_story()
    {
        var run = CommandRun.OnTerminal("Once upon a time\nThe fox\n\n", "chat", "-n", "8", "--seed", "1");
        Assert.Contains("The built-in model is no chat model: begin a story, and it goes on.", run.Output, StringComparison.Ordinal);
        Assert.Equal(4, run.Output.Split('\n')[..^1].Length);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public void The_story_teller_takes_back_its_continuation_alone()
    {
        string[] args = ["chat", "-n", "8", "--temp", "0"];
        string[] lines = CommandRun.WithInput("Once upon a time\nThe fox\n/regen\n", args).Lines();
        Assert.Equal(lines[1], lines[2]);
        string[] cleared = CommandRun.WithInput("Once upon a time\n/clear\nOnce upon a time\n", args).Lines();
        Assert.Equal(cleared[0], cleared[1]);
    }

    [Fact]
    public void The_story_teller_takes_no_system_prompt()
    {
        var run = CommandRun.Of("chat", "-sys", "You are kind");
        Assert.Equal("The built-in story teller takes no system prompt; name a chat model with -m.", run.Sentence());
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
    }
}
