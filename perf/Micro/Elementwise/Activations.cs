using BenchmarkDotNet.Attributes;
using Hearth.Kernels.Elementwise;

namespace Hearth.Perf.Micro.Elementwise;

/// <summary>Each activation, gating another row as feed-forward blocks do.</summary>
public unsafe class Activations : ElementwiseBenchmarks
{
    [ParamsAllValues]
    public Activation Function { get; set; }

    /// <inheritdoc/>
    protected override int FloatsPerElement => 3;

    [Benchmark]
    public void Gate() => Kernels.Gate(Function, X.Pointer, Weight.Pointer, Y.Pointer, Width);

    private protected override void CheckAll() => Check($"{Function}", Gate);
}
