using System.Globalization;
using System.Text;
using System.Text.Json;
using Hearth.Cli.Commands;

namespace Hearth.Cli.Rendering;

/// <summary>An array of objects with llama-bench's names; times in nanoseconds, bandwidths in bytes per second.</summary>
internal sealed class JsonBenchReport(TextWriter output) : BenchReport
{
    private bool isFirst = true;

    protected override void Begin() => output.Write('[');

    protected override void Write(BenchResult result)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            Write(writer, result);
        output.Write(isFirst ? "\n" : ",\n");
        output.Write(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        output.Flush();
        isFirst = false;
    }

    public override void End() => output.WriteLine("\n]");

    private static void Write(Utf8JsonWriter writer, BenchResult result)
    {
        double[] nanoseconds = [.. result.Samples.Select(sample => sample.Time.TotalNanoseconds)];
        double[] rates = result.Rates;
        writer.WriteStartObject();
        writer.WriteString("model_filename", result.ModelName);
        writer.WriteString("model_type", ModelType(result));
        writer.WriteNumber("model_size", result.Model.WeightBytes);
        writer.WriteNumber("model_n_params", result.Model.Parameters);
        writer.WriteString("backends", "CPU");
        writer.WriteString("rung", RungName(result));
        writer.WriteNumber("n_batch", result.Options.BatchSize);
        writer.WriteNumber("n_threads", result.Threads);
        writer.WriteString("type_k", result.Options.CacheTypeK.ToString().ToLowerInvariant());
        writer.WriteString("type_v", result.Options.CacheTypeV.ToString().ToLowerInvariant());
        writer.WriteNumber("n_prompt", result.Test.Prompt);
        writer.WriteNumber("n_gen", result.Test.Generate);
        writer.WriteNumber("n_depth", result.Test.Depth);
        writer.WriteString("test_time", result.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteNumber("avg_ns", (long)BenchResult.Mean(nanoseconds));
        writer.WriteNumber("stddev_ns", (long)BenchResult.Deviation(nanoseconds));
        writer.WriteNumber("avg_ts", BenchResult.Mean(rates));
        writer.WriteNumber("stddev_ts", BenchResult.Deviation(rates));
        if (result.WeightBandwidth is { } used)
            writer.WriteNumber("weight_bandwidth", used);
        if (result.MemoryBandwidth is { } probed)
            writer.WriteNumber("memory_bandwidth", probed);
        writer.WriteStartArray("samples_ns");
        foreach (double sample in nanoseconds)
            writer.WriteNumberValue((long)sample);
        writer.WriteEndArray();
        writer.WriteStartArray("samples_ts");
        foreach (double rate in rates)
            writer.WriteNumberValue(rate);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
