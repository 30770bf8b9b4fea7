using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Hearth.Perf.Micro.Measuring;

/// <summary>
/// Short runs in this process: kernels have no state that another benchmark could spoil, and a shared machine's speed is known only for the
/// seconds and the process in which it was probed.
/// </summary>
internal sealed class KernelConfig : ManualConfig
{
    /// <summary>Makes the configuration.</summary>
    /// <param name="check">Whether everything runs once, untimed.</param>
    public KernelConfig(bool check)
    {
        var job = check
            ? Job.Dry.WithId("Check")
            : Job.Default
                .WithEvaluateOverhead(false)
                .WithMinIterationTime(TimeInterval.FromMilliseconds(10))
                .WithIterationTime(TimeInterval.FromMilliseconds(30))
                .WithWarmupCount(2)
                .WithIterationCount(7)
                .WithId("Short");
        AddJob(job.WithToolchain(InProcessEmitToolchain.Instance).AsDefault());
        AddLogger(ConsoleLogger.Default);
        AddExporter(MarkdownExporter.Console);
        AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Metrics);
        AddColumn(StatisticColumn.Median, StatisticColumn.Min, BaselineRatioColumn.RatioMean);
        AddColumn(RateColumn.MultiplyAdds, RateColumn.ShareOfPeak, RateColumn.Bandwidth, RateColumn.ShareOfMemory);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddEventProcessor(new Ledger());
        WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(32));
    }
}
