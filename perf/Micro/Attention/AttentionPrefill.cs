using BenchmarkDotNet.Attributes;

namespace Hearth.Perf.Micro.Attention;

/// <summary>The last 128 tokens of a prompt.</summary>
public class AttentionPrefill : AttentionBenchmarks
{
    [Params(512, 4096)]
    public int Prompt { get; set; }

    /// <inheritdoc/>
    protected override int Positions => Prompt;

    /// <inheritdoc/>
    protected override int Tokens => 128;
}
