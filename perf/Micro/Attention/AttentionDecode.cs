using BenchmarkDotNet.Attributes;

namespace Hearth.Perf.Micro.Attention;

/// <summary>One token behind many: what a generated token pays in each layer.</summary>
public class AttentionDecode : AttentionBenchmarks
{
    [Params(512, 4096)]
    public int Context { get; set; }

    /// <inheritdoc/>
    protected override int Positions => Context;

    /// <inheritdoc/>
    protected override int Tokens => 1;
}
