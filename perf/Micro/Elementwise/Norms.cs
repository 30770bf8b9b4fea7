using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace Hearth.Perf.Micro.Elementwise;

/// <summary>Norms of a row.</summary>
public unsafe class Norms : ElementwiseBenchmarks
{
    private const float Epsilon = 1e-5f;

    /// <inheritdoc/>
    protected override int FloatsPerElement => 3;

    [Benchmark]
    [BenchmarkCategory("RMS")]
    public void RmsNorm() => Kernels.RmsNorm(X.Pointer, Weight.Pointer, Epsilon, Y.Pointer, Width);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("RMS")]
    public void RmsNormOfTensorPrimitives()
    {
        float scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(X.Values) / Width) + Epsilon);
        TensorPrimitives.Multiply(X.Values, scale, Y.Values);
        TensorPrimitives.Multiply(Y.Values, Weight.Values, Y.Values);
    }

    [Benchmark]
    [BenchmarkCategory("Layer")]
    public void LayerNorm() => Kernels.LayerNorm(X.Pointer, Weight.Pointer, Weight.Pointer, Epsilon, Y.Pointer, Width);

    private protected override void CheckAll()
    {
        Check("RMS norm", RmsNorm, RmsNormOfTensorPrimitives);
        Check("layer norm", LayerNorm);
    }
}
