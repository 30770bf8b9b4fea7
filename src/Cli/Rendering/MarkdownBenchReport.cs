using System.Globalization;
using Hearth.Cli.Commands;

namespace Hearth.Cli.Rendering;

/// <summary>
/// A table in Markdown with llama-bench's columns, and behind them the rung and the bandwidth at which weights were read.
/// </summary>
internal sealed class MarkdownBenchReport(TextWriter output) : BenchReport
{
    private static readonly (string Title, int Width, bool Right)[] Columns =
    [
        ("model", 26, false),
        ("size", 10, true),
        ("params", 9, true),
        ("backend", 7, false),
        ("threads", 7, true),
        ("test", 15, true),
        ("t/s", 18, true),
        ("rung", 7, false),
        ("of bandwidth", 20, true),
    ];

    protected override void Begin()
    {
        Write([.. Columns.Select(column => column.Title)]);
        output.WriteLine($"| {string.Join(" | ", Columns.Select(Rule))} |");
        output.Flush();

        static string Rule((string Title, int Width, bool Right) column)
            => column.Right ? new string('-', column.Width - 1) + ":" : new string('-', column.Width);
    }

    protected override void Write(BenchResult result)
    {
        double[] rates = result.Rates;
        Write(
            ModelType(result),
            Units.Bytes(result.Model.WeightBytes),
            Units.Count(result.Model.Parameters),
            "CPU",
            result.Threads.ToString(CultureInfo.InvariantCulture),
            result.Test.Name,
            string.Create(CultureInfo.InvariantCulture, $"{BenchResult.Mean(rates):F2} ± {BenchResult.Deviation(rates):F2}"),
            RungName(result),
            Share(result));
        output.Flush();
    }

    private static string Share(BenchResult result)
        => result is { WeightBandwidth: { } used, MemoryBandwidth: { } probed }
            ? string.Create(CultureInfo.InvariantCulture, $"{Units.Bandwidth(used)} ({used / probed * 100:F0} %)")
            : "-";

    private void Write(params string[] cells)
        => output.WriteLine($"| {string.Join(" | ", cells.Zip(Columns, Pad))} |");

    private static string Pad(string cell, (string Title, int Width, bool Right) column)
        => column.Right ? cell.PadLeft(column.Width) : cell.PadRight(column.Width);
}
