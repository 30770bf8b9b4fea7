namespace Hearth.Kernels.Tests.Formats;

/// <summary>Rows that look like weights, the same for a seed on every machine.</summary>
internal static class Samples
{
    /// <summary>Normally distributed, deviation 0.05.</summary>
    internal static float[] Gaussian(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 0.05f * (float)Normal(random))];
    }

    /// <summary>As <see cref="Gaussian"/>, one value in fifty twelve times as large.</summary>
    internal static float[] HeavyTailed(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.Next(50) == 0 ? 0.6f : 0.05f) * (float)Normal(random))];
    }

    /// <summary>A sum of twelve uniform numbers: near enough, and made of additions alone.</summary>
    private static double Normal(Random random)
    {
        double sum = -6;
        for (int i = 0; i < 12; i++)
            sum += random.NextDouble();
        return sum;
    }
}
