using System.Buffers.Binary;
using Hearth.Kernels.Formats;

namespace Hearth.Kernels.Tests.Formats;

public sealed class DecodeTests
{
    public static TheoryData<WeightType> Types =>
    [
        .. WeightFormat.All.Where(format => format.BlockWeights > 1).Select(format => format.Type).Except([WeightType.Q8_1]),
    ];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_value_of_the_reference_is_met_bit_for_bit(WeightType type)
    {
        Assert.True(WeightFormat.TryGet(type, out WeightFormat? format));
        (byte[] blocks, float[] expected) = Vectors.Decoded(type);
        Assert.Equal(format.RowBytes(expected.Length), blocks.Length);

        var actual = new float[expected.Length];
        format.Decode(blocks, actual);
        AssertSame(expected, actual, format.BlockWeights);
    }

    [Fact]
    public void A_block_of_Q8_1_is_its_scale_times_its_codes()
    {
        var block = new byte[36];
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)0.25f);
        BinaryPrimitives.WriteHalfLittleEndian(block.AsSpan(2), Half.NaN);
        for (int j = 0; j < 32; j++)
            block[4 + j] = (byte)(j * 8);

        var actual = new float[32];
        Q8_1.Decode(block, actual);

        AssertSame([.. Enumerable.Range(0, 32).Select(j => 0.25f * (sbyte)(j * 8))], actual, 32);
    }

    [Fact]
    public void Every_half_widens_to_its_value()
    {
        AssertAllPatterns<F16>(pattern =>
        {
            int sign = pattern >> 15, exponent = (pattern >> 10) & 31, fraction = pattern & 1023;
            float magnitude = exponent switch
            {
                0 => MathF.ScaleB(fraction, -24),
                31 => fraction == 0 ? float.PositiveInfinity : float.NaN,
                _ => MathF.ScaleB(1024 + fraction, exponent - 25),
            };
            return sign == 0 ? magnitude : -magnitude;
        });
    }

    [Fact]
    public void Every_brain_float_is_the_upper_half_of_its_value()
        => AssertAllPatterns<BF16>(pattern => BitConverter.UInt32BitsToSingle((uint)pattern << 16));

    private static void AssertAllPatterns<TFormat>(Func<int, float> value)
        where TFormat : struct, IWeightFormat
    {
        byte[] patterns = [.. Enumerable.Range(0, 1 << 16).SelectMany(pattern => BitConverter.GetBytes((ushort)pattern))];
        var actual = new float[1 << 16];
        TFormat.Decode(patterns, actual);
        AssertSame([.. Enumerable.Range(0, 1 << 16).Select(value)], actual, TFormat.BlockWeights);
    }

    private static void AssertSame(float[] expected, float[] actual, int blockWeights)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = float.IsNaN(expected[i])
                ? float.IsNaN(actual[i])
                : BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]);
            Assert.True(same, $"Value {i % blockWeights} of block {i / blockWeights}: {actual[i]:R} instead of {expected[i]:R}.");
        }
    }
}
