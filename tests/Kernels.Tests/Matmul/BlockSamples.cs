using Hearth.Kernels.Formats;

namespace Hearth.Kernels.Tests.Matmul;

/// <summary>Blocks of any type for tests: random bytes that decode to finite weights, with chosen scales and chosen codes.</summary>
internal static class BlockSamples
{
    private static readonly ushort[] ScaleBits = [0x0000, 0x8000, 0x0001, 0x03FF, 0x8155, 0x7BFF, 0xFBFF, 0x2C00, 0x9F11, 0x1234];

    // Where a block has its half scales, and which bytes are codes.
    private static readonly Dictionary<WeightType, (int[] Halves, Range Codes)> Places = new()
    {
        [WeightType.Q4_0] = ([0], 2..18),
        [WeightType.Q4_1] = ([0, 2], 4..20),
        [WeightType.Q5_0] = ([0], 2..22),
        [WeightType.Q5_1] = ([0, 2], 4..24),
        [WeightType.Q8_0] = ([0], 2..34),
        [WeightType.Q2_K] = ([80, 82], 16..80),
        [WeightType.Q3_K] = ([108], 0..96),
        [WeightType.Q4_K] = ([0, 2], 16..144),
        [WeightType.Q5_K] = ([0, 2], 16..176),
        [WeightType.Q6_K] = ([208], 0..192),
        [WeightType.IQ4_NL] = ([0], 2..18),
        [WeightType.IQ4_XS] = ([0], 8..136),
        [WeightType.IQ2_XXS] = ([0], 2..66),
        [WeightType.IQ2_XS] = ([0], 2..66),
        [WeightType.IQ2_S] = ([0], 2..74),
        [WeightType.IQ3_XXS] = ([0], 2..98),
        [WeightType.IQ3_S] = ([0], 2..106),
        [WeightType.IQ1_S] = ([0], 2..34),
        [WeightType.TQ1_0] = ([52], 0..52),
        [WeightType.TQ2_0] = ([64], 0..64),
        [WeightType.Q1_0] = ([0], 2..18),
        [WeightType.Q2_0] = ([0], 2..18),
    };

    // Types whose kernels add a row's minimum apart from its codes, so that rounding scales with the parts, not with their sum.
    private static readonly HashSet<WeightType> WithMinimum =
    [
        WeightType.Q4_1, WeightType.Q5_1, WeightType.Q2_K, WeightType.Q4_K, WeightType.Q5_K,
    ];

    /// <summary>Random blocks; now and then all codes at an end of their range, and scales that are zero, subnormal or the largest.</summary>
    public static byte[] Random(WeightFormat format, int count, Random random)
    {
        var blocks = new byte[count * format.BlockBytes];
        int mood = random.Next(4);
        for (int i = 0; i < count; i++)
            Fill(format, blocks.AsSpan(i * format.BlockBytes, format.BlockBytes), random, mood);
        return blocks;
    }

    /// <summary>What each weight is made of, as a magnitude: |w|, or |minimum| + |w - minimum|.</summary>
    public static float[] Magnitudes(WeightFormat format, ReadOnlySpan<byte> blocks, float[] weights)
    {
        float[] magnitudes = Array.ConvertAll(weights, MathF.Abs);
        if (!WithMinimum.Contains(format.Type))
            return magnitudes;
        byte[] withoutCodes = blocks.ToArray();
        for (int at = 0; at < withoutCodes.Length; at += format.BlockBytes)
            withoutCodes.AsSpan(at, format.BlockBytes)[Places[format.Type].Codes].Clear();
        var minimums = new float[weights.Length];
        format.Decode(withoutCodes, minimums);
        for (int i = 0; i < weights.Length; i++)
            magnitudes[i] = MathF.Abs(minimums[i]) + MathF.Abs(weights[i] - minimums[i]);
        return magnitudes;
    }

    private static void Fill(WeightFormat format, Span<byte> block, Random random, int mood)
    {
        var weights = new float[format.BlockWeights];
        do
        {
            random.NextBytes(block);
            if (Places.TryGetValue(format.Type, out var places))
            {
                foreach (int at in places.Halves)
                {
                    ushort bits = mood == 0
                        ? ScaleBits[random.Next(ScaleBits.Length)]
                        : BitConverter.HalfToUInt16Bits((Half)((random.NextSingle() - 0.5f) * 0.1f));
                    BitConverter.TryWriteBytes(block[at..], bits);
                }

                if (mood == 1)
                    block[places.Codes].Fill((byte)(random.Next(2) == 0 ? 0 : 0xFF));
            }

            format.Decode(block, weights);
        }
        while (weights.Any(weight => !(MathF.Abs(weight) < 1e9f)));
    }
}
