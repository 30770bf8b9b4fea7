using FsCheck.Xunit;
using Hearth.Kernels.Elementwise;
using static Hearth.Kernels.Tests.Elementwise.ElementwiseAssert;

namespace Hearth.Kernels.Tests.Elementwise;

public sealed unsafe class ArithmeticTests
{
    private delegate float Formula(float a, float b);

    [Property(MaxTest = 200)]
    public void Sums_and_products_round_once(byte width, int seed)
    {
        var random = new Random(seed);
        var a = FloatRow.Random(random, width + 1);
        var b = FloatRow.Random(random, width + 1);
        Check((kernels, y) => kernels.Add(a.Pointer, b.Pointer, y.Pointer, y.Width), (x, y) => x + y);
        Check((kernels, y) => kernels.Multiply(a.Pointer, b.Pointer, y.Pointer, y.Width), (x, y) => x * y);
        Check((kernels, y) => kernels.AddScaled(a.Pointer, b.Pointer, 0.3f, y.Pointer, y.Width), (x, y) => MathF.FusedMultiplyAdd(y, 0.3f, x));
        Check((kernels, y) => kernels.Scale(a.Pointer, 0.3f, y.Pointer, y.Width), (x, _) => x * 0.3f);

        void Check(Action<ElementwiseKernels, FloatRow> operation, Formula formula)
        {
            var y = SameOnEveryRung(a.Width, operation);
            for (int i = 0; i < y.Width; i++)
                Assert.Equal(formula(a.Values[i], b.Values[i]), y.Values[i]);
        }
    }

    [Property(MaxTest = 100)]
    public void A_result_may_overwrite_an_operand(byte width, int seed)
    {
        var random = new Random(seed);
        var a = FloatRow.Random(random, width + 1);
        var b = FloatRow.Random(random, width + 1);
        foreach (var kernels in KernelSet.Supported)
        {
            var left = a.Copy();
            var right = b.Copy();
            kernels.Elementwise.Add(left.Pointer, b.Pointer, left.Pointer, left.Width);
            kernels.Elementwise.Add(a.Pointer, right.Pointer, right.Pointer, right.Width);
            Assert.Equal(left.Bits, right.Bits);
        }
    }

    [Property(MaxTest = 100)]
    public void A_soft_cap_bounds_and_leaves_small_values_alone(byte width, int seed)
    {
        var x = FloatRow.Random(new Random(seed), width + 1, 60);
        var y = SameOnEveryRung(x.Width, (kernels, to) => kernels.SoftCap(x.Pointer, 30, to.Pointer, to.Width));
        for (int i = 0; i < x.Width; i++)
        {
            double expected = 30 * Math.Tanh(x.Values[i] / 30.0);
            Close(expected, y.Values[i], Math.Abs(expected) * 8 * Ulp / 2, $"cap({x.Values[i]})");
        }
    }

    [Property(MaxTest = 100)]
    public void Halves_and_brain_floats_survive_the_round_trip(byte width, int seed)
    {
        var x = FloatRow.Random(new Random(seed), width + 1, 100);
        var kernels = KernelSet.Supported[^1].Elementwise;
        var narrow = new ushort[x.Width];
        var wide = new FloatRow(x.Width);
        fixed (ushort* target = narrow)
        {
            kernels.ToHalf(x.Pointer, target, x.Width);
            Assert.Equal(x.Values.ToArray().Select(value => BitConverter.HalfToUInt16Bits((Half)value)), narrow);
            kernels.FromHalf(target, wide.Pointer, x.Width);
            Assert.Equal(narrow.Select(bits => (float)BitConverter.UInt16BitsToHalf(bits)), wide.Values.ToArray());
            kernels.ToBFloat16(x.Pointer, target, x.Width);
            kernels.FromBFloat16(target, wide.Pointer, x.Width);
        }

        wide.AssertCanaries();
        for (int i = 0; i < x.Width; i++)
            Close(x.Values[i], wide.Values[i], Math.Abs(x.Values[i]) / 256, "brain float");
    }
}
