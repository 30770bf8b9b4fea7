using BenchmarkDotNet.Attributes;

namespace Hearth.Perf.Micro.Elementwise;

/// <summary>Rotary embedding of heads of 128, in place: each invocation turns what the one before has turned.</summary>
public unsafe class Rotations : ElementwiseBenchmarks
{
    private const int HeadLength = 128;

    private readonly FloatRow cosines = Angles(MathF.Cos);
    private readonly FloatRow sines = Angles(MathF.Sin);

    [Benchmark]
    public void RotatePairs() => Kernels.RotatePairs(Y.Pointer, Width / HeadLength, HeadLength, cosines.Pointer, sines.Pointer, HeadLength);

    [Benchmark]
    public void RotateHalves() => Kernels.RotateHalves(Y.Pointer, Width / HeadLength, HeadLength, cosines.Pointer, sines.Pointer, HeadLength);

    private protected override void CheckAll()
    {
        Check("rotation of pairs", () => OfX(RotatePairs));
        Check("rotation of halves", () => OfX(RotateHalves));
    }

    private static FloatRow Angles(Func<float, float> function)
    {
        var row = new FloatRow(HeadLength / 2);
        for (int i = 0; i < row.Width; i++)
            row.Values[i] = function(100 * MathF.Pow(10_000, -2f * i / HeadLength));
        return row;
    }

    private void OfX(Action rotate)
    {
        X.Values.CopyTo(Y.Values);
        rotate();
    }
}
