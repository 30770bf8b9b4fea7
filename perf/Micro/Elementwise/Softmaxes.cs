using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace Hearth.Perf.Micro.Elementwise;

/// <summary>Softmax of a row. The kernel works in place, so both begin by copying the row.</summary>
public unsafe class Softmaxes : ElementwiseBenchmarks
{
    [Benchmark]
    public void Softmax()
    {
        X.Values.CopyTo(Y.Values);
        Kernels.Softmax(Y.Pointer, Width);
    }

    [Benchmark(Baseline = true)]
    public void SoftmaxOfTensorPrimitives()
    {
        X.Values.CopyTo(Y.Values);
        TensorPrimitives.SoftMax<float>(Y.Values, Y.Values);
    }

    private protected override void CheckAll() => Check("softmax", Softmax, SoftmaxOfTensorPrimitives, tolerance: 1e-6f);
}
