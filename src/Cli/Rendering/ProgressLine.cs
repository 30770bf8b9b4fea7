using System.Diagnostics;
using System.Globalization;

namespace Hearth.Cli.Rendering;

/// <summary>
/// How far long work has come and how long it will still take, on one line of standard error that vanishes at the end; nothing in a
/// pipe.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private const int Cells = 24;
    private const string ClearLine = "\r\e[2K";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Terminal terminal;
    private readonly string verb;
    private readonly TimeSpan delay;
    private readonly long start = Stopwatch.GetTimestamp();
    private long shownAt;

    /// <summary>Prepares a line.</summary>
    /// <param name="terminal">Where it appears.</param>
    /// <param name="verb">What is being done.</param>
    /// <param name="delay">Time before it appears, for work that is mostly done at once.</param>
    public ProgressLine(Terminal terminal, string verb, TimeSpan delay = default)
    {
        this.terminal = terminal;
        this.verb = verb;
        this.delay = delay;
    }

    /// <summary>Shows how far the work is, at most ten times a second.</summary>
    /// <param name="done">What is done, in any unit.</param>
    /// <param name="total">What there is to do.</param>
    /// <param name="note">What stands behind the bar.</param>
    public void Report(long done, long total, string note)
    {
        if (!terminal.ErrorIsTerminal || total <= 0 || Stopwatch.GetElapsedTime(start) < delay || (shownAt != 0 && Stopwatch.GetElapsedTime(shownAt) < Interval))
            return;
        shownAt = Stopwatch.GetTimestamp();
        double share = Math.Clamp(done / (double)total, 0, 1);
        int full = (int)(share * Cells);
        string left = share > 0 ? Left(Stopwatch.GetElapsedTime(start) * ((1 - share) / share)) : "";
        string cells = new string('#', full) + new string('-', Cells - full);
        terminal.Error.Write(string.Create(
            CultureInfo.InvariantCulture, $"{ClearLine}{verb} [{cells}] {share * 100,3:F0} %{left}  {Printable.Line(note, 60)}"));
    }

    public void Dispose()
    {
        if (shownAt == 0)
            return;
        terminal.Error.Write(ClearLine);
        shownAt = 0;
    }

    private static string Left(TimeSpan time)
        => string.Create(CultureInfo.InvariantCulture, $", {(int)time.TotalMinutes}:{time.Seconds:D2} left");
}
