namespace Hearth.Perf.Micro.Measuring;

/// <summary>Numbers to compute on; the same in every run.</summary>
internal static class Draws
{
    /// <summary>About normal, of the deviation <paramref name="scale"/>.</summary>
    public static float[] Floats(int count, int seed, float scale = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f) * 2 * scale;
        return values;
    }
}
