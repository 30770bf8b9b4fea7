using System.Diagnostics;
using System.Globalization;

namespace Hearth.Cli.Rendering;

/// <summary>
/// How far long work has come and how long it will still take, on one line of standard error that vanishes at the end; nothing in a
/// pipe.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private const int MostCells = 24;
    private const int ColumnsBesideCells = 36;
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
        if (!terminal.ShowsProgress || total <= 0 || Stopwatch.GetElapsedTime(start) < delay
            || (shownAt != 0 && Stopwatch.GetElapsedTime(shownAt) < Interval))
        {
            return;
        }

        shownAt = Stopwatch.GetTimestamp();
        double share = Math.Clamp(done / (double)total, 0, 1);
        int all = Math.Clamp(terminal.Width - ColumnsBesideCells, 4, MostCells);
        int full = (int)(share * all);
        string left = share > 0 ? Left(Stopwatch.GetElapsedTime(start) * ((1 - share) / share)) : "";
        string cells = new string('#', full) + new string('-', all - full);
        Draw(terminal, string.Create(
            CultureInfo.InvariantCulture, $"{verb} [{cells}] {share * 100,3:F0} %{left}  {Printable.Line(note, 60)}"));
    }

    /// <summary>Draws a line in place of the last one. What is wider than the screen is cut: a second row could not be taken back.</summary>
    public static void Draw(Terminal terminal, string text)
    {
        // Other characters than ASCII may take two columns.
        int columns = 0;
        int end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            columns += rune.IsAscii ? 1 : 2;
            if (columns >= terminal.Width)
                break;
            end += rune.Utf16SequenceLength;
        }

        terminal.Error.Write(ClearLine + text[..end]);
    }

    /// <summary>Takes the line back.</summary>
    public static void Clear(Terminal terminal) => terminal.Error.Write(ClearLine);

    public void Dispose()
    {
        if (shownAt == 0)
            return;
        Clear(terminal);
        shownAt = 0;
    }

    private static string Left(TimeSpan time)
        => string.Create(CultureInfo.InvariantCulture, $", {(int)time.TotalMinutes}:{time.Seconds:D2} left");
}
