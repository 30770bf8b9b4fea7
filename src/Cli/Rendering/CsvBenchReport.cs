using System.Globalization;
using Hearth.Cli.Commands;

namespace Hearth.Cli.Rendering;

/// <summary>Comma-separated values with llama-bench's names; bandwidths in bytes per second.</summary>
internal sealed class CsvBenchReport(TextWriter output) : BenchReport
{
    protected override void Begin()
    {
        output.WriteLine(
            "model_filename,model_type,model_size,model_n_params,backends,rung,n_batch,n_threads,type_k,type_v,n_prompt,n_gen,n_depth,"
            + "test_time,avg_ns,stddev_ns,avg_ts,stddev_ts,weight_bandwidth,memory_bandwidth");
        output.Flush();
    }

    protected override void Write(BenchResult result)
    {
        double[] nanoseconds = [.. result.Samples.Select(sample => sample.Time.TotalNanoseconds)];
        double[] rates = result.Rates;
        object?[] cells =
        [
            result.ModelName,
            ModelType(result),
            result.Model.WeightBytes,
            result.Model.Parameters,
            "CPU",
            RungName(result),
            result.Options.BatchSize,
            result.Threads,
            result.Options.CacheTypeK.ToString().ToLowerInvariant(),
            result.Options.CacheTypeV.ToString().ToLowerInvariant(),
            result.Test.Prompt,
            result.Test.Generate,
            result.Test.Depth,
            result.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            (long)BenchResult.Mean(nanoseconds),
            (long)BenchResult.Deviation(nanoseconds),
            BenchResult.Mean(rates),
            BenchResult.Deviation(rates),
            result.WeightBandwidth,
            result.MemoryBandwidth,
        ];
        output.WriteLine(string.Join(',', cells.Select(Quote)));
        output.Flush();
    }

    private static string Quote(object? cell)
    {
        string text = Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "";
        return $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
