namespace Hearth.Engine.Sampling;

/// <summary>
/// Random numbers without a state: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3; SC 2011),
/// a ten-round mixing of a counter under a key. The seed is the key; position and purpose are the counter, so a number can be
/// drawn again for any position, in any order, on any machine.
/// </summary>
internal static class CounterRandom
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint KeyStep0 = 0x9E3779B9;
    private const uint KeyStep1 = 0xBB67AE85;

    /// <summary>A number of [0, 1), a multiple of 2^-53, for this seed, position in the sequence and purpose.</summary>
    public static double Uniform(ulong seed, ulong position, RandomStream stream)
    {
        (uint first, uint second, _, _) = Philox(
            (uint)position, (uint)(position >> 32), (uint)stream, 0, (uint)seed, (uint)(seed >> 32));
        return (((ulong)second << 32 | first) >> 11) * (1.0 / (1L << 53));
    }

    /// <summary>The four words of counter (c0 to c3) under key (k0, k1).</summary>
    internal static (uint, uint, uint, uint) Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += KeyStep0;
            k1 += KeyStep1;
        }

        return (c0, c1, c2, c3);
    }
}
