using Hearth.Engine.Sessions;
using Hearth.Kernels.Isa;

namespace Hearth.Cli.Commands;

/// <summary>The measurements of one test.</summary>
internal sealed record BenchResult
{
    /// <summary>The file.</summary>
    public required string ModelName { get; init; }

    /// <summary>What the file says.</summary>
    public required ModelSummary Model { get; init; }

    /// <summary>How it was loaded.</summary>
    public required HearthModelOptions Options { get; init; }

    /// <summary>The instruction set.</summary>
    public required Rung Rung { get; init; }

    /// <summary>Threads that computed.</summary>
    public required int Threads { get; init; }

    /// <summary>What was measured.</summary>
    public required BenchTest Test { get; init; }

    /// <summary>When the test began.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Each repetition.</summary>
    public required BenchSample[] Samples { get; init; }

    /// <summary>Bytes of weights that a generated token reads.</summary>
    public required long WeightBytesPerToken { get; init; }

    /// <summary>Tokens per second of each repetition.</summary>
    public double[] Rates => [.. Samples.Select(sample => Test.Tokens / sample.Time.TotalSeconds)];

    /// <summary>Bytes per second that the threads read from memory between the tokens; null for a test of reading.</summary>
    public double? MemoryBandwidth => Test.Generate > 0 ? Samples.Average(sample => sample.MemoryBandwidth) : null;

    /// <summary>Bytes of weights per second; null for a test of reading, which uses weights for many tokens at a time.</summary>
    public double? WeightBandwidth => Test.Generate > 0 ? Mean(Rates) * WeightBytesPerToken : null;

    /// <summary>The mean.</summary>
    public static double Mean(double[] values) => values.Sum() / values.Length;

    /// <summary>The standard deviation of a sample; 0 for one value.</summary>
    public static double Deviation(double[] values)
    {
        if (values.Length < 2)
            return 0;
        double mean = Mean(values);
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
