using FsCheck.Xunit;
using Hearth.Cli.Rendering;

namespace Hearth.Cli.Tests.Rendering;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("plain ü 世", "plain ü 世")]
    [InlineData("a\nb\tc\rd", @"a\nb\tc\rd")]
    [InlineData("\e[31m", @"\x1B[31m")]
    [InlineData("\u009b31m", @"\x9B31m")]
    public void A_line_shows_control_characters_as_escapes(string text, string expected) => Assert.Equal(expected, Printable.Line(text));

    [Fact]
    public void A_line_is_cut_between_characters()
    {
        Assert.Equal("abc...", Printable.Line("abcdef", 3));
        Assert.Equal("ab...", Printable.Line("ab😀cd", 3));
    }

    [Fact]
    public void Running_text_keeps_its_lines_and_tabs()
        => Assert.Equal("a\n\tb\uFFFD[2Jc", Printable.Text("a\n\tb\e[2Jc"));

    [Property]
    public bool No_control_character_is_left(string text)
        => !Printable.Line(text ?? "").Any(char.IsControl)
            && !Printable.Text(text ?? "").Any(c => char.IsControl(c) && c is not ('\n' or '\t'));
}
