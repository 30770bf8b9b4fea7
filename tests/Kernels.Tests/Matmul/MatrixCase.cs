using FsCheck;
using FsCheck.Fluent;
using Hearth.Kernels.Formats;

namespace Hearth.Kernels.Tests.Matmul;

/// <summary>A product to check: its shape, and the seed of its numbers.</summary>
internal sealed record MatrixCase(int Rows, int Blocks, int Tokens, int Threads, int Seed)
{
    /// <summary>Rows that fill panels or not, few columns to many, single tokens to several tiles.</summary>
    public static Arbitrary<MatrixCase> Any { get; } = Arb.From(
        from rows in Gen.Choose(1, 70)
        from blocks in Gen.Choose(1, 11)
        from tokens in Gen.Choose(1, 20)
        from threads in Gen.Choose(1, 3)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new MatrixCase(rows, blocks, tokens, threads, seed),
        Smaller);

    /// <summary>Columns: long blocks come in smaller numbers, short ones in larger.</summary>
    public int Columns(WeightFormat format) => format.BlockWeights switch
    {
        1 => (13 * Blocks) - 12,
        >= 128 => (Blocks + 3) / 4 * format.BlockWeights,
        _ => Blocks * format.BlockWeights,
    };

    /// <summary>[Rows, Columns] in blocks.</summary>
    public byte[] Weights(WeightFormat format)
        => BlockSamples.Random(format, Rows * Columns(format) / format.BlockWeights, new Random(Seed));

    /// <summary>[Tokens, Columns]: noise, outliers, all at one magnitude, zeros, and numbers too small for a scale.</summary>
    public float[] Activations(WeightFormat format)
    {
        var random = new Random(~Seed);
        int columns = Columns(format);
        var values = new float[Tokens * columns];
        for (int token = 0; token < Tokens; token++)
        {
            int mood = random.Next(8);
            for (int i = token * columns; i < (token + 1) * columns; i++)
            {
                values[i] = mood switch
                {
                    0 => random.Next(2) == 0 ? 3.7f : -3.7f,
                    1 => 0.001f,
                    2 => 0,
                    3 => random.Next(2) * 1e-41f,
                    4 => random.Next(50) == 0 ? 300 : random.NextSingle() - 0.5f,
                    _ => random.NextSingle() - 0.5f,
                };
            }
        }

        return values;
    }

    private static IEnumerable<MatrixCase> Smaller(MatrixCase whole)
    {
        if (whole.Rows > 1)
            yield return whole with { Rows = whole.Rows / 2 };
        if (whole.Blocks > 1)
            yield return whole with { Blocks = whole.Blocks / 2 };
        if (whole.Tokens > 1)
            yield return whole with { Tokens = whole.Tokens - 1 };
        if (whole.Threads > 1)
            yield return whole with { Threads = 1 };
    }
}
