using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Hearth.Kernels.Elementwise;

namespace Hearth.Perf.Micro.Elementwise;

/// <summary>What the tensor library has, too: sums of rows, gates, reductions.</summary>
public unsafe class Arithmetics : ElementwiseBenchmarks
{
    /// <inheritdoc/>
    protected override int FloatsPerElement => 3;

    [Benchmark]
    [BenchmarkCategory("Add")]
    public void Add() => Kernels.Add(X.Pointer, Weight.Pointer, Y.Pointer, Width);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Add")]
    public void AddOfTensorPrimitives() => TensorPrimitives.Add(X.Values, Weight.Values, Y.Values);

    [Benchmark]
    [BenchmarkCategory("AddScaled")]
    public void AddScaled() => Kernels.AddScaled(X.Pointer, Weight.Pointer, 0.5f, Y.Pointer, Width);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("AddScaled")]
    public void AddScaledOfTensorPrimitives() => TensorPrimitives.FusedMultiplyAdd(Weight.Values, 0.5f, X.Values, Y.Values);

    [Benchmark]
    [BenchmarkCategory("SwiGlu")]
    public void SwiGlu() => Kernels.Gate(Activation.Silu, X.Pointer, Weight.Pointer, Y.Pointer, Width);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("SwiGlu")]
    public void SwiGluOfTensorPrimitives()
    {
        TensorPrimitives.Sigmoid<float>(X.Values, Y.Values);
        TensorPrimitives.Multiply(Y.Values, X.Values, Y.Values);
        TensorPrimitives.Multiply(Y.Values, Weight.Values, Y.Values);
    }

    private protected override void CheckAll()
    {
        Check("sum of rows", Add, AddOfTensorPrimitives, tolerance: 0);
        Check("scaled sum of rows", AddScaled, AddScaledOfTensorPrimitives, tolerance: 0);
        Check("gated unit", SwiGlu, SwiGluOfTensorPrimitives);
    }
}
