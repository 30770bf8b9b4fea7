namespace Hearth.Kernels.Tests.Sparse;

/// <summary>Some of the numbers below a limit, ascending; now and then none of them, or all.</summary>
internal static class Choice
{
    public static int[] Of(Random random, int limit)
    {
        double density = random.Next(5) switch
        {
            0 => 0,
            1 => 1,
            _ => random.NextDouble(),
        };
        return [.. Enumerable.Range(0, limit).Where(_ => random.NextDouble() < density)];
    }
}
