using FsCheck.Xunit;
using Hearth.Kernels.Formats.Packing;

namespace Hearth.Kernels.Tests.Formats.Packing;

public sealed class PackingTests
{
    [Property]
    public void Two_bit_codes_are_found_where_they_were_put(int seed)
    {
        byte[] codes = Codes(seed, 256, 4), bytes = new byte[TwoBits.Bytes];
        TwoBits.Pack(codes, bytes);
        Assert.Equal(codes.Select(code => (int)code), Enumerable.Range(0, 256).Select(i => TwoBits.Unpack(bytes, i)));
    }

    [Property]
    public void Five_bit_codes_are_found_where_they_were_put(int seed)
    {
        byte[] codes = Codes(seed, 32, 32), bytes = new byte[FiveBits.Bytes];
        FiveBits.Pack([.. codes], bytes);
        Assert.Equal(codes.Select(code => (int)code), Enumerable.Range(0, 32).Select(j => FiveBits.Unpack(bytes, j)));
    }

    [Property]
    public void Six_bit_scales_and_minima_are_found_where_they_were_put(int seed)
    {
        byte[] scales = Codes(seed, KScales.Groups, 64), minima = Codes(seed + 1, KScales.Groups, 64), bytes = new byte[KScales.Bytes];
        KScales.Pack(scales, minima, bytes);
        Assert.Equal(
            scales.Zip(minima, (scale, minimum) => ((int)scale, (int)minimum)),
            Enumerable.Range(0, KScales.Groups).Select(j => KScales.Unpack(bytes, j)));
    }

    [Property]
    public void Four_codes_of_signs_unpack_at_once_as_one_by_one(int seed)
    {
        uint codes = (uint)new Random(seed).NextInt64(1L << 32);
        Assert.Equal(
            Enumerable.Range(0, 4).Select(i => EvenSigns.Unpack((int)(codes >> (EvenSigns.Bits * i)) & EvenSigns.Mask)),
            BitConverter.GetBytes(EvenSigns.UnpackFour(codes)).Select(signs => (int)signs));
    }

    [Property]
    public void A_bit_plane_takes_the_top_bit_and_leaves_the_others(int seed)
    {
        byte[] codes = Codes(seed, 256, 32), rest = [.. codes], planes = new byte[32];
        BitPlanes.Take(rest, 4, planes);
        Assert.Equal(codes.Select(code => code & 15), rest.Select(code => (int)code));
        Assert.Equal(codes.Select(code => code >> 4), Enumerable.Range(0, 256).Select(i => (planes[i % 32] >> (i / 32)) & 1));
    }

    [Fact]
    public void Every_even_sign_pattern_survives_its_seven_bits()
    {
        float[] ones = [.. Enumerable.Repeat(1f, 8)], magnitudes = new float[8];
        for (int signs = 0; signs < 256; signs++)
        {
            if (int.PopCount(signs) % 2 != 0)
                continue;
            float[] x = [.. Enumerable.Range(0, 8).Select(j => ((signs >> j) & 1) != 0 ? -1f : 1f)];
            Assert.Equal(signs, EvenSigns.Unpack(EvenSigns.Split(x, ones, magnitudes)));
            Assert.Equal(ones, magnitudes);
        }
    }

    [Fact]
    public void An_odd_sign_pattern_gives_up_the_sign_that_costs_least()
    {
        float[] x = [-1, 2, 3, 0.5f, 5, 6, 7, 8], w = [1, 1, 1, 1, 1, 0.001f, 1, 1], magnitudes = new float[8];
        int signs = EvenSigns.Unpack(EvenSigns.Split(x, w, magnitudes));
        Assert.Equal(0b0010_0001, signs);
        Assert.Equal([1, 2, 3, 0.5f, 5, -6, 7, 8], magnitudes);
    }

    private static byte[] Codes(int seed, int count, int end)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(end))];
    }
}
