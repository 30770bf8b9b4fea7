using System.Diagnostics;
using System.Globalization;
using Hearth.Engine.Models;

namespace Hearth.Cli.Rendering;

/// <summary>
/// How far loading has come, on one line of standard error that vanishes at the end; nothing in a pipe, and nothing for what is loaded
/// at once. It draws itself, because the console library alone would take longer to start than a small model to load.
/// </summary>
internal sealed class LoadingBar : IProgress<LoadProgress>, IDisposable
{
    private const int Cells = 24;
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromMilliseconds(300);

    private readonly Terminal terminal;
    private readonly string name;
    private readonly TimeSpan delay;
    private readonly long start = Stopwatch.GetTimestamp();
    private int shownPercent = -1;

    /// <summary>Prepares a bar.</summary>
    /// <param name="terminal">Where it appears.</param>
    /// <param name="name">What is loaded.</param>
    /// <param name="delay">Time before it appears; null for 0.3 s.</param>
    public LoadingBar(Terminal terminal, string name, TimeSpan? delay = null)
    {
        this.terminal = terminal;
        this.name = Printable.Line(Path.GetFileName(name), 40);
        this.delay = delay ?? DefaultDelay;
    }

    public void Report(LoadProgress value)
    {
        if (!terminal.ShowsProgress || value.TotalBytes <= 0 || Stopwatch.GetElapsedTime(start) < delay)
            return;
        int percent = (int)(value.LoadedBytes * 100.0 / value.TotalBytes);
        if (percent == shownPercent)
            return;
        shownPercent = percent;
        int full = percent * Cells / 100;
        string cells = new string('#', full) + new string('-', Cells - full);
        ProgressLine.Draw(terminal, string.Create(
            CultureInfo.InvariantCulture, $"loading {name} [{cells}] {percent,3} % of {Units.Bytes(value.TotalBytes)}"));
    }

    public void Dispose()
    {
        if (shownPercent >= 0)
            ProgressLine.Clear(terminal);
    }
}
