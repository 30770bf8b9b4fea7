namespace Hearth.Perf.Micro.Matmul;

/// <summary>Weights that stay in the second-level cache: what instructions allow.</summary>
public class MatMulInCache : MatMulBenchmarks
{
    /// <inheritdoc/>
    protected override long Bytes => 512 << 10;
}
