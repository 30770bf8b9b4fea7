using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Hearth.Perf.Micro.Measuring;

/// <summary>A rate by the median time, or its share of what the machine allowed meanwhile.</summary>
internal sealed class RateColumn : IColumn
{
    private readonly Func<Work, Ceilings, double, double> rate;
    private readonly string format;

    private RateColumn(string name, string legend, string format, Func<Work, Ceilings, double, double> rate)
    {
        ColumnName = name;
        Legend = legend;
        this.format = format;
        this.rate = rate;
    }

    public static RateColumn MultiplyAdds { get; } = new(
        "GMAC/s", "multiply-adds a nanosecond, by the median", "F1", (work, _, seconds) => work.MultiplyAdds / seconds / 1e9);

    public static RateColumn ShareOfPeak { get; } = new(
        "of peak",
        "share of the multiply-adds that the rung's instructions reach alone, probed before and after",
        "P0",
        (work, ceilings, seconds) => work.MultiplyAdds / seconds / ceilings.MultiplyAdds);

    public static RateColumn Bandwidth { get; } = new(
        "GB/s", "bytes that have to be read or written a nanosecond, by the median", "F1", (work, _, seconds) => work.Bytes / seconds / 1e9);

    public static RateColumn ShareOfMemory { get; } = new(
        "of memory",
        "share of the speed at which the same threads read memory, probed before and after",
        "P0",
        (work, ceilings, seconds) => work.Bytes / seconds / ceilings.Bytes);

    public string Id => ColumnName;

    public string ColumnName { get; }

    public string Legend { get; }

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(item => GetValue(summary, item) != "-");

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
            return "-";
        var (work, ceilings) = Ledger.Of(benchmarkCase);
        double value = rate(work, ceilings, statistics.Median / 1e9);
        return double.IsFinite(value) && value > 0 ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
}
