using System.Text;
using Hearth.Cli.Repl;

namespace Hearth.Cli.Tests.Repl;

public sealed class LineEditorTests
{
    [Fact]
    public void A_line_ends_with_enter() => Assert.Equal("hello", Read(keys => keys.Type("hello")));

    [Fact]
    public void Arrows_home_and_end_move_the_cursor()
        => Assert.Equal(
            "Abc-dE",
            Read(keys => keys
                .Type("bcd")
                .Press(ConsoleKey.LeftArrow)
                .Type("-")
                .Press(ConsoleKey.Home)
                .Type("A")
                .Press(ConsoleKey.End)
                .Type("E")));

    [Fact]
    public void Control_keys_are_those_of_shells()
    {
        Assert.Equal("<one two>", Read(keys => keys.Type("one two").Control('A').Type("<").Control('E').Type(">")));
        Assert.Equal("two", Read(keys => keys.Type("one two").Control('B').Control('B').Control('B').Control('U')));
        Assert.Equal("one", Read(keys => keys.Type("one two").Control('A').Alt(ConsoleKey.F).Control('K')));
        Assert.Equal("one ", Read(keys => keys.Type("one two").Control('W')));
        Assert.Equal("one Xtwo", Read(keys => keys.Type("one two").Alt(ConsoleKey.B).Type("X")));
        Assert.Equal("acd", Read(keys => keys.Type("abcd").Control('A').Control('F').Control('D')));
        Assert.Equal("ab", Read(keys => keys.Type("abcd").Control('H').Press(ConsoleKey.Backspace)));
    }

    [Fact]
    public void Characters_of_several_units_are_one()
    {
        Assert.Equal("ab", Read(keys => keys.Type("a👩‍🚒").Press(ConsoleKey.Backspace).Type("b")));
        Assert.Equal("xé", Read(keys => keys.Type("é").Press(ConsoleKey.LeftArrow).Type("x")));
        Assert.Equal("世", Read(keys => keys.Type("世界").Press(ConsoleKey.LeftArrow, ConsoleKey.Delete)));
    }

    [Fact]
    public void Control_c_drops_the_line_and_on_an_empty_one_leaves()
    {
        Assert.Equal("b", Read(keys => keys.Type("a").Control('C').Type("b")));
        Assert.Equal(LineEnd.Interrupted, Run(new FakeKeys().Type("a").Control('C').Control('C')).End);
    }

    [Fact]
    public void Control_d_on_an_empty_line_ends_the_input()
        => Assert.Equal(LineEnd.EndOfInput, Run(new FakeKeys().Control('D')).End);

    [Fact]
    public void History_goes_up_and_down_and_keeps_the_draft()
    {
        var history = new LineHistory(null);
        history.Add("first");
        history.Add("second");
        Assert.Equal("first", Read(keys => keys.Press(ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.UpArrow), history));
        Assert.Equal("draft", Read(keys => keys.Type("draft").Press(ConsoleKey.UpArrow).Control('N'), history));
        Assert.Equal("second!", Read(keys => keys.Control('P').Type("!"), history));
    }

    [Fact]
    public void A_paste_keeps_its_lines_and_does_not_enter_them()
        => Assert.Equal("a\nb\tc\nd", Read(keys => keys.Type("a").Paste("\rb\tc\r").Type("d")));

    [Fact]
    public void Unknown_sequences_and_control_characters_are_ignored()
        => Assert.Equal(
            "abc",
            Read(keys => keys.Type("a").Sequence("[99;99~").Pause().Type("b\u0001\u001f").Press(ConsoleKey.F5).Type("c")));

    [Fact]
    public void The_screen_shows_prompt_text_and_cursor()
    {
        var screen = Show(new FakeKeys().Type("世界 hello").Press(ConsoleKey.LeftArrow).Pause(), 20, 5);
        Assert.Equal(">>> 世\u200B界\u200B hello", screen.Rows[0]);
        Assert.Equal(0, screen.CursorRow);
        Assert.Equal(4 + 4 + 1 + 4, screen.CursorColumn);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(36)]
    public void Long_lines_wrap_at_the_edge_of_the_screen(int length)
    {
        string text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        var keys = new FakeKeys();
        foreach (char c in text)
            keys.Type(c.ToString()).Pause();
        var screen = Show(keys, 20, 6);
        Assert.Equal(">>> " + text, string.Concat(screen.Rows));
        Assert.Equal((4 + length) / 20, screen.CursorRow);
        Assert.Equal((4 + length) % 20, screen.CursorColumn);
    }

    [Fact]
    public void Editing_in_the_middle_of_a_long_line_redraws_it()
    {
        var keys = new FakeKeys().Type(new string('a', 50)).Pause().Press(ConsoleKey.Home).Pause().Type("X").Pause();
        var screen = Show(keys, 20, 6);
        Assert.Equal([">>> X" + new string('a', 15), new string('a', 20), new string('a', 15), "", "", ""], screen.Rows);
        Assert.Equal((0, 5), (screen.CursorRow, screen.CursorColumn));
    }

    [Fact]
    public void A_text_of_more_rows_than_the_screen_is_shown_around_the_cursor()
    {
        var keys = new FakeKeys().Paste(string.Join('\r', Enumerable.Range(0, 50))).Pause();
        Assert.Equal(["46", "47", "48", "49", ""], Show(keys, 20, 5).Rows);
        var atStart = new FakeKeys().Paste(string.Join('\r', Enumerable.Range(0, 50))).Pause().Press(ConsoleKey.Home).Pause();
        Assert.Equal([">>> 0", "1", "2", "3", ""], Show(atStart, 20, 5).Rows);
    }

    private static string Read(Action<FakeKeys> press, LineHistory? history = null)
    {
        var keys = new FakeKeys();
        press(keys);
        var line = Run(keys.Press(ConsoleKey.Enter), history);
        Assert.Equal(LineEnd.Entered, line.End);
        return line.Text;
    }

    private static LineResult Run(FakeKeys keys, LineHistory? history = null)
    {
        using var terminal = new Terminal(Stream.Null, Stream.Null, Stream.Null, new Interrupts(_ => { })) { Keys = keys };
        return new LineEditor(terminal, history ?? new LineHistory(null)).Read(">>> ");
    }

    /// <summary>What stands on the screen when the keys are used up; their last pause makes the editor draw.</summary>
    private static FakeScreen Show(FakeKeys keys, int width, int height)
    {
        using var output = new MemoryStream();
        var interrupts = new Interrupts(_ => { });
        using var terminal = new Terminal(Stream.Null, output, Stream.Null, interrupts, () => (width, height)) { Keys = keys };
        Assert.Throws<InvalidOperationException>(() => new LineEditor(terminal, new LineHistory(null)).Read(">>> "));
        string written = Encoding.UTF8.GetString(output.ToArray());
        var screen = new FakeScreen(width, height);
        screen.Write(written[..written.LastIndexOf("\e[?2004l", StringComparison.Ordinal)]);
        return screen;
    }
}
