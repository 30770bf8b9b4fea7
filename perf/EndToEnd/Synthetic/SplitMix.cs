namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>
/// Random numbers that are the same on every machine and in any order of work: whoever needs some starts a generator of his own
/// from the seed and the name of what he makes.
/// </summary>
/// <remarks>SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.</remarks>
internal struct SplitMix
{
    private ulong state;

    private SplitMix(ulong state) => this.state = state;

    /// <summary>Starts a generator.</summary>
    /// <param name="seed">The model's seed.</param>
    /// <param name="name">What the numbers are for.</param>
    /// <param name="index">Which part of it.</param>
    public static SplitMix For(ulong seed, string name, long index)
    {
        // FNV-1a spreads the name, the generator's own step spreads the rest.
        var hash = 0xCBF29CE484222325;
        foreach (var c in name)
            hash = (hash ^ c) * 0x100000001B3;
        var start = new SplitMix(hash ^ seed);
        return new SplitMix(start.Next() + (ulong)index);
    }

    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from zero to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>
    /// Nearly a normal number, of mean 0 and deviation 1: the sum of eight uniform ones, which ends at 4.9. Integers only, because
    /// logarithm and cosine round differently from one system to the next.
    /// </summary>
    public float Normal()
    {
        const float deviation = 53509.9f; // of one sum: sqrt(8 / 12) * 65536
        var sum = -8 * 32767.5f;
        for (var half = 0; half < 2; half++)
        {
            var bits = Next();
            sum += (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        }

        return sum / deviation;
    }
}
