using System.Text;
using Hearth.Cli.Rendering;
using Hearth.Engine.Models;

namespace Hearth.Cli.Tests.Rendering;

public sealed class LoadingBarTests
{
    [Fact]
    public void A_terminal_sees_the_bar_and_then_nothing_of_it()
    {
        string text = Load(isTerminal: true, TimeSpan.Zero);
        Assert.Contains("loading model.gguf [############------------]  50 % of 2.00 KiB", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\e[2K", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_sees_nothing() => Assert.Empty(Load(isTerminal: false, TimeSpan.Zero));

    [Fact]
    public void What_loads_at_once_needs_no_bar() => Assert.Empty(Load(isTerminal: true, TimeSpan.FromHours(1)));

    private static string Load(bool isTerminal, TimeSpan delay)
    {
        using var error = new MemoryStream();
        using var terminal = new Terminal(Stream.Null, Stream.Null, error, new Interrupts(_ => { })) { ErrorIsTerminal = isTerminal };
        using (var bar = new LoadingBar(terminal, "/models/model.gguf", delay))
        {
            bar.Report(new LoadProgress(1024, 2048));
            bar.Report(new LoadProgress(2048, 2048));
        }

        return Encoding.UTF8.GetString(error.ToArray());
    }
}
