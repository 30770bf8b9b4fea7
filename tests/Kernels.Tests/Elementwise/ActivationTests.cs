using FsCheck.Xunit;
using Hearth.Kernels.Elementwise;
using static Hearth.Kernels.Tests.Elementwise.ElementwiseAssert;

namespace Hearth.Kernels.Tests.Elementwise;

public sealed unsafe class ActivationTests
{
    // Half a unit is the least relative error that a result can be promised.
    private const double HalfUlp = Ulp / 2;

    public static TheoryData<Activation> Activations => [.. Enum.GetValues<Activation>()];

    [Theory]
    [MemberData(nameof(Activations))]
    public void Each_activation_stays_within_its_error_bound(Activation activation)
    {
        float[] x = [.. Enumerable.Range(-8800, 17601).Select(i => i / 100f), .. Enumerable.Range(-2000, 4001).Select(i => i / 3000f)];
        var y = Activate(activation, new FloatRow(x));
        for (int i = 0; i < x.Length; i++)
        {
            double expected = Reference(activation, x[i]);
            Close(expected, y.Values[i], Math.Abs(expected) * Bound(activation, x[i]) + Smallest(x[i]), $"{activation}({x[i]})");
        }
    }

    [Property(MaxTest = 30)]
    public void Each_activation_gives_the_same_bytes_on_every_rung_at_every_width(byte width, int seed)
    {
        var x = FloatRow.Random(new Random(seed), width + 1, 10);
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var y = Activate(activation, x);
            for (int i = 0; i < x.Width; i++)
                Assert.Equal(Activate(activation, new FloatRow(x.Values[i])).Bits[0], y.Bits[i]);
        }
    }

    [Property(MaxTest = 100)]
    public void A_gate_is_the_activation_times_the_other_half(byte width, int seed)
    {
        var random = new Random(seed);
        var gate = FloatRow.Random(random, width + 1, 5);
        var up = FloatRow.Random(random, width + 1, 5);
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var activated = Activate(activation, gate);
            var y = SameOnEveryRung(gate.Width, (kernels, to) => kernels.Gate(activation, gate.Pointer, up.Pointer, to.Pointer, to.Width));
            for (int i = 0; i < y.Width; i++)
                Assert.Equal(activated.Values[i] * up.Values[i], y.Values[i]);
        }
    }

    [Property(MaxTest = 100)]
    public void The_clamped_gate_follows_its_formula(byte width, int seed)
    {
        var random = new Random(seed);
        var gate = FloatRow.Random(random, width + 1, 8);
        var up = FloatRow.Random(random, width + 1, 8);
        var y = SameOnEveryRung(gate.Width, (kernels, to) => kernels.ClampedSwiGlu(gate.Pointer, up.Pointer, 1.702f, 7, to.Pointer, to.Width));
        for (int i = 0; i < y.Width; i++)
        {
            double g = Math.Min(gate.Values[i], 7f);
            double u = Math.Clamp(up.Values[i], -7f, 7f) + 1.0;
            double expected = g / (1 + Math.Exp(-1.702f * g)) * u;

            // u + 1 rounds once and may cancel; the sigmoid's argument is off by a few units.
            double tolerance = Math.Abs(expected) * (6 + 2 * Math.Abs(g)) * HalfUlp + Math.Abs(g) * 8 * HalfUlp * HalfUlp + HalfUlp * Math.Abs(g) * Ulp;
            Close(expected, y.Values[i], tolerance, $"clamped({gate.Values[i]}, {up.Values[i]})");
        }
    }

    [Property(MaxTest = 100)]
    public void Xielu_follows_its_formula(byte width, int seed)
    {
        const float square = 0.7f, exponential = 1.3f, line = 0.4f, limit = -1e-6f;
        var x = FloatRow.Random(new Random(seed), width + 1, 8);
        var y = SameOnEveryRung(x.Width, (kernels, to) => kernels.Xielu(x.Pointer, square, exponential, line, limit, to.Pointer, to.Width));
        for (int i = 0; i < y.Width; i++)
        {
            double v = x.Values[i];
            double expected = (line * v) + (v > 0 ? square * v * v : exponential * (Math.Exp(Math.Min(v, limit)) - 1 - v));

            // e^x is at most 1 there and off by a unit; the differences round once each, and so does the sum.
            double tolerance = (Math.Abs(expected) * 4 + exponential * (3 + 2 * Math.Abs(v))) * HalfUlp;
            Close(expected, y.Values[i], tolerance, $"xielu({v})");
        }
    }

    [Fact]
    public void Exp_is_exact_at_zero_and_answers_its_ends()
    {
        var y = Activate(Activation.Exp, new FloatRow(0f, -0f, float.NegativeInfinity, -1e30f, -87.34f, -87.336f, 88.37f, 88.4f, 1e30f, float.PositiveInfinity, float.NaN));
        Assert.Equal([1, 1, 0, 0, 0], y.Values[..5]);
        Assert.InRange(y.Values[5], 1.17549435e-38f, 1.2e-38f);
        Assert.InRange(y.Values[6], 2e38f, 3e38f);
        Assert.Equal([float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, float.NaN], y.Values[7..]);
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void Large_arguments_give_the_limits(Activation activation)
    {
        var y = Activate(activation, new FloatRow(-1e20f, -1000, 1000));
        float[] expected = activation switch
        {
            Activation.Sigmoid => [0, 0, 1],
            Activation.Tanh => [-1, -1, 1],
            Activation.Exp => [0, 0, float.PositiveInfinity],
            Activation.ReluSquared => [0, 0, 1e6f],
            _ => [0, 0, 1000],
        };
        Assert.Equal(expected, y.Values);
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void Not_a_number_stays_one(Activation activation)
        => Assert.Equal(float.NaN, Activate(activation, new FloatRow(float.NaN)).Values[0]);

    [Fact]
    public void An_unknown_activation_is_refused()
    {
        var row = new FloatRow(1);
        var kernels = KernelSet.Supported[0].Elementwise;
        Assert.Throws<ArgumentOutOfRangeException>(() => kernels.Activate((Activation)99, row.Pointer, row.Pointer, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => kernels.Gate((Activation)99, row.Pointer, row.Pointer, row.Pointer, 1));
    }

    private static FloatRow Activate(Activation activation, FloatRow x)
        => SameOnEveryRung(x.Width, (kernels, y) => kernels.Activate(activation, x.Pointer, y.Pointer, y.Width));

    private static double Reference(Activation activation, double x) => activation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Gelu => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        Activation.GeluErf => x / 2 * ErrorFunction.Complement(-x / Math.Sqrt(2)),
        Activation.GeluQuick => x / (1 + Math.Exp(-1.702 * x)),
        Activation.Relu => Math.Max(x, 0),
        Activation.ReluSquared => Math.Max(x, 0) * Math.Max(x, 0),
        Activation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Activation.Tanh => Math.Tanh(x),
        Activation.Softplus => x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : LogOfOnePlus(Math.Exp(x)),
        Activation.Exp => Math.Exp(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    private static double LogOfOnePlus(double y) => y < 1e-5 ? y - y * y / 2 : Math.Log(1 + y);

    /// <summary>
    /// Relative bounds. Behind an exponential an error of its argument a counts |a| times: 2u of the tanh GELU takes four roundings,
    /// 1.702x two (the constant's is one of them).
    /// </summary>
    private static double Bound(Activation activation, double x) => activation switch
    {
        Activation.Relu => 0,
        Activation.ReluSquared => HalfUlp,
        Activation.Exp => 2 * HalfUlp,
        Activation.Silu or Activation.Sigmoid or Activation.Tanh => 3 * HalfUlp,
        Activation.GeluQuick => (4 + (x < 0 ? 2 * 1.702 * -x : 1)) * HalfUlp,
        Activation.Gelu => (4 + (x < 0 ? 4 * 1.6 * (-x - 0.044715 * x * x * x) : 4)) * HalfUlp,
        Activation.GeluErf => 8 * HalfUlp,
        _ => 4 * HalfUlp,
    };

    /// <summary>Below the smallest normal float the exponential is zero, which x / (1 + e^-x) and its kin inherit.</summary>
    private static double Smallest(double x) => (1 + Math.Abs(x)) * 1.2e-38;
}
