using Hearth.Cli.Repl;

namespace Hearth.Cli.Tests.Repl;

public sealed class LineHistoryTests
{
    [Fact]
    public void Lines_outlive_the_conversation()
    {
        using var file = new TemporaryFile(Path.Combine("hearth", "history"));
        var history = new LineHistory(file.FilePath);
        string[] lines = ["plain", "two\nlines", @"a \n backslash \\", "ü 世 😀"];
        foreach (string line in lines)
            history.Add(line);
        Assert.Equal(lines, new LineHistory(file.FilePath).Lines);
    }

    [Fact]
    public void Only_the_owner_can_read_the_file()
    {
        using var file = new TemporaryFile(Path.Combine("hearth", "history"));
        new LineHistory(file.FilePath).Add("secret");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.FilePath));
    }

    [Fact]
    public void Empty_and_repeated_lines_are_not_kept()
    {
        var history = new LineHistory(null);
        foreach (string line in (string[])["a", "a", " ", "", "b", "a"])
            history.Add(line);
        Assert.Equal(["a", "b", "a"], history.Lines);
    }

    [Fact]
    public void Only_the_newest_lines_are_read()
    {
        using var file = new TemporaryFile("history", string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i}\n")));
        var history = new LineHistory(file.FilePath);
        Assert.Equal("4999", history.Lines[^1]);
        Assert.Equal(1000, history.Lines.Count);
    }

    [Fact]
    public void A_history_that_cannot_be_kept_disturbs_nobody()
    {
        using var file = new TemporaryFile("history", "a\n");
        var history = new LineHistory(Path.Combine(file.FilePath, "below-a-file"));
        history.Add("b");
        Assert.Equal(["b"], history.Lines);
    }
}
