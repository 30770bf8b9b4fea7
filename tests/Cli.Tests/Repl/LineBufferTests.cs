using System.Globalization;
using FsCheck.Xunit;
using Hearth.Cli.Repl;

namespace Hearth.Cli.Tests.Repl;

public sealed class LineBufferTests
{
    [Property]
    public void The_cursor_stands_between_characters_whatever_is_done(byte[] moves)
    {
        var buffer = new LineBuffer();
        buffer.Set("a é 👩‍🚒 世界 x");
        foreach (byte move in moves ?? [])
        {
            Action action = (move % 10) switch
            {
                0 => buffer.Left,
                1 => buffer.Right,
                2 => buffer.WordLeft,
                3 => buffer.WordRight,
                4 => buffer.Home,
                5 => buffer.End,
                6 => buffer.Backspace,
                7 => buffer.Delete,
                8 => () => buffer.Insert('q'),
                _ => buffer.KillWord,
            };
            action();
            int[] starts = StringInfo.ParseCombiningCharacters(buffer.ToString());
            Assert.True(buffer.Cursor == buffer.Length || starts.Contains(buffer.Cursor), $"{buffer.Cursor} in '{buffer}'");
        }
    }

    [Fact]
    public void Deleting_at_the_ends_does_nothing()
    {
        var buffer = new LineBuffer();
        buffer.Backspace();
        buffer.Delete();
        buffer.Set("a");
        buffer.Delete();
        buffer.Home();
        buffer.Backspace();
        Assert.Equal("a", buffer.ToString());
    }
}
