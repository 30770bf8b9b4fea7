using FsCheck.Xunit;

namespace Hearth.Kernels.Tests.Isa;

/// <summary>Every rung of this machine against the scalar one, bit for bit.</summary>
public sealed class RungTests
{
    private static readonly float[] SpecialFloats =
        [0, -0f, 1, -1, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 1e-40f, -1e-40f, 3e38f, -3e38f, 16777217, float.Epsilon, 126.5f];

    public static TheoryData<string> Names => [.. RungCase.All.Select(rung => rung.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Float_members_equal_the_scalar_rung(string name)
    {
        var rung = RungCase.All.Single(rung => rung.Name == name);
        var random = new Random(11);
        for (int round = 0; round < 200; round++)
        {
            float[] a = RandomFloats(random), b = RandomFloats(random), c = RandomFloats(random);
            foreach (var (member, scalar) in RungCase.Scalar.FloatMembers)
                AssertSameBits(scalar(a, b, c), rung.FloatMembers[member](a, b, c), $"{name}.{member}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Max_Min_and_SelectGreater_take_the_right_operand_when_one_is_not_a_number(string name)
    {
        var rung = RungCase.All.Single(rung => rung.Name == name);
        float[] numbers = [.. Enumerable.Range(0, 16).Select(i => (float)i)];
        float[] mixed = [.. numbers.Select(value => value % 2 == 0 ? float.NaN : float.PositiveInfinity)];
        foreach (string member in new[] { "Max", "Min", "SelectGreater" })
        {
            AssertSameBits(
                RungCase.Scalar.FloatMembers[member](numbers, mixed, mixed), rung.FloatMembers[member](numbers, mixed, mixed), member);
            AssertSameBits(
                RungCase.Scalar.FloatMembers[member](mixed, numbers, mixed), rung.FloatMembers[member](mixed, numbers, mixed), member);
        }

        Assert.Equal(numbers[2], rung.FloatMembers["Max"](mixed, numbers, numbers)[2]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Byte_members_equal_the_scalar_rung(string name)
    {
        var rung = RungCase.All.Single(rung => rung.Name == name);
        var random = new Random(12);
        byte[] a = new byte[64], b = new byte[64];
        for (int round = 0; round < 200; round++)
        {
            random.NextBytes(a);
            random.NextBytes(b);
            foreach (var (member, scalar) in RungCase.Scalar.ByteMembers)
                Assert.True(scalar(a, b).AsSpan().SequenceEqual(rung.ByteMembers[member](a, b)), $"{name}.{member}");
        }
    }

    [Property(MaxTest = 100)]
    public void Narrow_dots_are_exact(int seed)
    {
        var random = new Random(seed);
        int quads = random.Next(1, 9);
        int zero = random.Next(0, 17);
        (byte[][] lines, byte[][] x) = RandomDot(random, quads, maximum: zero + 15, largest: 127);
        int correction = Correction(x, zero);
        int[] expected = Expected(lines, x, -zero);
        byte[] scales = RandomBytes(random, 16);
        byte[] unsigned = Array.ConvertAll(scales, scale => (byte)(scale & 127));
        int[] total = RandomInts(random, 1 << 24);
        foreach (var rung in RungCase.All)
        {
            Assert.Equal(expected, rung.NarrowDot(correction, lines, x));
            Assert.Equal(Scaled(total, expected, scales), rung.ScaledDot(correction, lines, x, scales, signed: true, total));
            Assert.Equal(Scaled(total, expected, unsigned), rung.ScaledDot(correction, lines, x, unsigned, signed: false, total));
        }
    }

    [Property(MaxTest = 100)]
    public void Wide_dots_are_exact_whole_and_by_nibbles(int seed)
    {
        var random = new Random(seed);
        (byte[][] lines, byte[][] x) = RandomDot(random, quads: 8, maximum: 255, largest: 127);
        int correction = Correction(x, 8);
        int[] expected = Expected(lines, x, -128);
        foreach (var rung in RungCase.All)
        {
            Assert.Equal(expected, rung.WideDot(correction, lines, x));
            Assert.Equal(expected, rung.NibbleDot(correction, lines, x));
        }
    }

    [Property(MaxTest = 100)]
    public void Integer_sums_of_pairs_and_of_sixteenfolds_are_exact(int seed)
    {
        var random = new Random(seed);
        byte[] pairs = RandomBytes(random, 32);
        int[] total = RandomInts(random, 1 << 24);
        int[] values = RandomInts(random, 1 << 20);
        int low = random.Next(-4096, 4097);
        int high = random.Next(-4096, 4097);
        int sums = (low & 0xFFFF) | (high << 16);
        foreach (var rung in RungCase.All)
        {
            Assert.Equal(total.Zip(values, (sum, value) => sum + (16 * value)), rung.AddTimesSixteen(total, values));
            Assert.Equal(
                total.Select((sum, row) => sum + ((sbyte)pairs[2 * row] * low) + ((sbyte)pairs[(2 * row) + 1] * high)),
                rung.PairAdd(total, pairs, sums));
        }
    }

    [Fact]
    public void The_extremes_of_a_narrow_dot_do_not_saturate()
    {
        byte[][] lines = [.. Enumerable.Range(0, 8).Select(_ => Enumerable.Repeat((byte)127, 64).ToArray())];
        byte[][] x = [.. Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? new byte[] { 127, 127, 127, 127 } : [129, 129, 129, 129])];
        foreach (var rung in RungCase.All)
        {
            Assert.Equal(Enumerable.Repeat(0, 16), rung.NarrowDot(0, lines, x));
            Assert.Equal(Enumerable.Repeat(4 * 127 * 127, 16), rung.WideDot(Correction(x[..1], 8), [Biased(lines[0])], x[..1]));
        }
    }

    private static byte[] Biased(byte[] line) => Array.ConvertAll(line, weight => (byte)(weight + 128));

    private static (byte[][] Lines, byte[][] Quads) RandomDot(Random random, int quads, int maximum, int largest)
    {
        bool extreme = random.Next(3) == 0;
        var lines = new byte[quads][];
        var x = new byte[quads][];
        for (int q = 0; q < quads; q++)
        {
            lines[q] = new byte[64];
            x[q] = new byte[4];
            for (int i = 0; i < 64; i++)
                lines[q][i] = (byte)(extreme ? maximum * random.Next(2) : random.Next(maximum + 1));
            for (int i = 0; i < 4; i++)
                x[q][i] = (byte)(extreme ? largest : random.Next(-largest, largest + 1));
        }

        return (lines, x);
    }

    private static int[] Expected(byte[][] lines, byte[][] x, int bias)
    {
        var sums = new int[16];
        for (int q = 0; q < lines.Length; q++)
        {
            for (int i = 0; i < 64; i++)
                sums[i / 4] += (lines[q][i] + bias) * (sbyte)x[q][i % 4];
        }

        return sums;
    }

    private static int Correction(byte[][] x, int zero)
    {
        int low = x.Sum(quad => (sbyte)quad[0] + (sbyte)quad[1]) * -zero;
        int high = x.Sum(quad => (sbyte)quad[2] + (sbyte)quad[3]) * -zero;
        return (low & 0xFFFF) | (high << 16);
    }

    private static int[] Scaled(int[] total, int[] values, byte[] scales)
        => [.. total.Select((sum, row) => sum + (values[row] * (sbyte)scales[row]))];

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static int[] RandomInts(Random random, int limit)
        => [.. Enumerable.Range(0, 16).Select(_ => random.Next(-limit, limit))];

    private static float[] RandomFloats(Random random)
        => [.. Enumerable.Range(0, 16).Select(_ => random.Next(4) == 0
            ? SpecialFloats[random.Next(SpecialFloats.Length)]
            : (random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(-20, 21)))];

    private static void AssertSameBits(float[] expected, float[] actual, string what)
        => Assert.True(
            expected.Select(BitConverter.SingleToInt32Bits).SequenceEqual(actual.Select(BitConverter.SingleToInt32Bits)),
            $"{what}: {string.Join(' ', expected)} is not {string.Join(' ', actual)}");
}
