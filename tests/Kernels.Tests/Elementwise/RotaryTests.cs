using FsCheck.Xunit;
using static Hearth.Kernels.Tests.Elementwise.ElementwiseAssert;

namespace Hearth.Kernels.Tests.Elementwise;

public sealed unsafe class RotaryTests
{
    [Property(MaxTest = 200)]
    public void Pairs_turn_by_their_angle_and_the_rest_stays(byte heads, byte half, byte rest, int seed) => Check(true, heads, half, rest, seed);

    [Property(MaxTest = 200)]
    public void Halves_turn_by_their_angle_and_the_rest_stays(byte heads, byte half, byte rest, int seed) => Check(false, heads, half, rest, seed);

    private static void Check(bool pairs, int heads, int half, int rest, int seed)
    {
        heads = (heads % 5) + 1;
        half = (half % 80) + 1;
        int headDim = (2 * half) + (rest % 20);
        var random = new Random(seed);
        var x = FloatRow.Random(random, heads * headDim);
        double[] angles = [.. Enumerable.Range(0, half).Select(_ => random.NextDouble() * 7)];
        var cos = new FloatRow([.. angles.Select(angle => (float)Math.Cos(angle))]);
        var sin = new FloatRow([.. angles.Select(angle => (float)Math.Sin(angle))]);
        var y = SameOnEveryRung(x.Width, (kernels, to) =>
        {
            x.Values.CopyTo(to.Values);
            if (pairs)
                kernels.RotatePairs(to.Pointer, heads, headDim, cos.Pointer, sin.Pointer, 2 * half);
            else
                kernels.RotateHalves(to.Pointer, heads, headDim, cos.Pointer, sin.Pointer, 2 * half);
        });

        for (int head = 0; head < heads; head++)
        {
            for (int i = 0; i < half; i++)
            {
                int first = (head * headDim) + (pairs ? 2 * i : i);
                int second = first + (pairs ? 1 : half);
                double a = x.Values[first], b = x.Values[second];
                double tolerance = (Math.Abs(a) + Math.Abs(b)) * 1.5 * Ulp;
                Close(a * cos.Values[i] - b * sin.Values[i], y.Values[first], tolerance, $"head {head}, angle {i}, first");
                Close(b * cos.Values[i] + a * sin.Values[i], y.Values[second], tolerance, $"head {head}, angle {i}, second");
            }

            for (int i = 2 * half; i < headDim; i++)
                Assert.Equal(x.Values[(head * headDim) + i], y.Values[(head * headDim) + i]);
        }
    }
}
