using System.Text;
using Hearth.Cli.Rendering;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Tests.Rendering;

public sealed class PromptReporterTests
{
    [Fact]
    public void A_terminal_sees_how_far_the_prompt_is_read_and_then_nothing_of_it()
    {
        string text = Read(isTerminal: true, TimeSpan.Zero);
        Assert.Contains("reading [############------------]  50 %", text, StringComparison.Ordinal);
        Assert.Contains("128 of 256 tokens", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\e[2K", text, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_narrow_screen_it_takes_one_row()
    {
        string[] lines = Read(isTerminal: true, TimeSpan.Zero, width: 20).Split("\r\e[2K", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.InRange(line.Length, 10, 19));
    }

    [Fact]
    public void A_dumb_terminal_sees_nothing() => Assert.Empty(Read(isTerminal: true, TimeSpan.Zero, obeysEscapes: false));

    [Fact]
    public void A_pipe_sees_nothing() => Assert.Empty(Read(isTerminal: false, TimeSpan.Zero));

    [Fact]
    public void What_is_read_at_once_needs_no_bar() => Assert.Empty(Read(isTerminal: true, TimeSpan.FromHours(1)));

    private static string Read(bool isTerminal, TimeSpan delay, int width = 80, bool obeysEscapes = true)
    {
        using var error = new MemoryStream();
        using var terminal = new Terminal(Stream.Null, Stream.Null, error, new Interrupts(_ => { }), () => (width, 24))
        {
            ErrorIsTerminal = isTerminal,
            ObeysEscapes = obeysEscapes,
        };
        using (var reading = new PromptReporter(terminal, delay))
        {
            reading.Report(new PromptProgress(128, 256));
            reading.Report(new PromptProgress(256, 256));
        }

        return Encoding.UTF8.GetString(error.ToArray());
    }
}
