namespace Hearth.Cli.Tests.Commands;

public sealed class ProfileCommandTests
{
    private static readonly string Text = string.Concat(Enumerable.Repeat(
        "Once upon a time there was a little girl who lived near a wood. One day she met a wolf who wanted to know where she went. ", 6));

    [Fact]
    public void A_profile_is_a_table_and_a_file_that_other_commands_take()
    {
        using var text = new TemporaryFile("text", Text);
        string profile = Path.Combine(text.Folder, "profile");
        var run = CommandRun.Of("profile", "-f", text.FilePath, "-c", "64", "--chunks", "2", "-o", profile);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(9, lines.Length);
        Assert.Matches(@"^blk\.5\.ffn_up +[\d.]+ % +[\d.]+ % +[\d.]+ % +[\d.]+ % -?[\d.]+ +[\d.]+ % +0\.\d % +[\d.]+ %$", lines[6]);
        Assert.Matches(@"^over 128 tokens; .*; worth their time in 6 and [0-6] of 6 blocks$", lines[7]);
        Assert.Equal($"{profile}: 6 blocks over 2 windows of 64 tokens", lines[8]);
        foreach (string mode in (string[])["sign", "auto"])
        {
            run = CommandRun.Of("eval", "--tokens", "1 5 9", "--sparse", mode, "--sparse-profile", profile);
            Assert.Equal(ExitCodes.Success, run.ExitCode);
        }
    }

    [Theory]
    [InlineData("profile -c 64", ExitCodes.Usage, "-f is needed")]
    [InlineData("profile -f {0} -c 64 --loss 101", ExitCodes.Usage, "--loss 101 is not within 0 and 100 percent")]
    [InlineData("profile -f {0} -c 64 -o {0}", ExitCodes.Usage, "is the file to read as well")]
    [InlineData("profile -m STORIES -f {0} -c 64", ExitCodes.Model, "has no feed-forward block that leaves true zeros")]
    [InlineData("eval --tokens 1 --sparse exact --sparse-profile {0}", ExitCodes.Usage, "--sparse-profile is for --sparse sign and --sparse auto")]
    [InlineData("eval --tokens 1 --sparse sign --sparse-profile {0}", ExitCodes.Model, "GGUF")]
    public void Wrong_usage_is_explained(string arguments, int code, string message)
    {
        using var text = new TemporaryFile("text", Text);
        var run = CommandRun.Of(
            [.. arguments.Split(' ').Select(word => word.Replace("{0}", text.FilePath, StringComparison.Ordinal).Replace("STORIES", CommandRun.Stories, StringComparison.Ordinal))]);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
    }
}
