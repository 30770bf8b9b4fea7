using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Hearth.Kernels.Elementwise;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Elementwise;

/// <summary>
/// One row on one thread. Baselines are the framework's tensor library where it does the same thing: it may add up in any order and round as
/// it likes, where ours give the same bytes on every rung.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
public abstract unsafe class ElementwiseBenchmarks
{
    private FloatRow x = null!;
    private FloatRow weight = null!;
    private FloatRow y = null!;
    private ElementwiseKernels kernels = Machine.Kernels.Elementwise;

    /// <summary>A hidden state of a model of 8B, and the row of a large vocabulary.</summary>
    [Params(4096, 131_072)]
    public int Width { get; set; }

    /// <summary>The operand, [Width]; also [Width / 128 heads][128].</summary>
    private protected FloatRow X => x;

    /// <summary>Another operand.</summary>
    private protected FloatRow Weight => weight;

    /// <summary>The result.</summary>
    private protected FloatRow Y => y;

    /// <summary>The kernels that are measured, or the oracle's while answers are worked out.</summary>
    private protected ElementwiseKernels Kernels => kernels;

    /// <summary>Floats read and written, per element.</summary>
    protected virtual int FloatsPerElement => 2;

    /// <summary>The kernels' operations, and whether the baseline's results are as good as theirs.</summary>
    private protected abstract void CheckAll();

    [GlobalSetup]
    public void Setup()
    {
        x = new FloatRow(Width, seed: 9, scale: 2);
        weight = new FloatRow(Width, seed: 10);
        y = new FloatRow(Width);
        CheckAll();
        Ledger.Declare(new Work(0, (double)FloatsPerElement * Width * sizeof(float)));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        x.Dispose();
        weight.Dispose();
        y.Dispose();
    }

    /// <summary>An operation has to give the oracle's bytes, and its baseline about the same numbers.</summary>
    private protected void Check(string what, Action operation, Action? baseline = null, float tolerance = 1e-4f)
    {
        kernels = Machine.Oracle.Elementwise;
        operation();
        float[] expected = y.Values.ToArray();
        kernels = Machine.Kernels.Elementwise;
        y.Values.Fill(float.NaN);
        operation();
        Answer.MustEqual(expected, y.Values, what);
        if (baseline == null)
            return;
        y.Values.Fill(float.NaN);
        baseline();
        Answer.MustBeNear(expected, y.Values, tolerance, $"the baseline of {what}");
    }
}
