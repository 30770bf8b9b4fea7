using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace Hearth.Perf.Micro.Elementwise;

/// <summary>A row becomes a number.</summary>
public unsafe class Reductions : ElementwiseBenchmarks
{
    /// <inheritdoc/>
    protected override int FloatsPerElement => 1;

    [Benchmark]
    [BenchmarkCategory("Sum")]
    public float Sum() => Kernels.Sum(X.Pointer, Width);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Sum")]
    public float SumOfTensorPrimitives() => TensorPrimitives.Sum<float>(X.Values);

    [Benchmark]
    [BenchmarkCategory("Max")]
    public float Max() => Kernels.Max(X.Pointer, Width);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Max")]
    public float MaxOfTensorPrimitives() => TensorPrimitives.MaxNumber<float>(X.Values);

    [Benchmark]
    [BenchmarkCategory("ArgMax")]
    public int ArgMax() => Kernels.ArgMax(X.Pointer, Width);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("ArgMax")]
    public int ArgMaxOfTensorPrimitives() => TensorPrimitives.IndexOfMax<float>(X.Values);

    private protected override void CheckAll()
    {
        Check("sum", () => Y.Values.Fill(Sum()), () => Y.Values.Fill(SumOfTensorPrimitives()), tolerance: 0.05f);
        Check("maximum", () => Y.Values.Fill(Max()), () => Y.Values.Fill(MaxOfTensorPrimitives()), tolerance: 0);
        Check("place of the maximum", () => Y.Values.Fill(ArgMax()), () => Y.Values.Fill(ArgMaxOfTensorPrimitives()), tolerance: 0);
    }
}
