namespace Hearth.Engine.Sampling;

/// <summary>
/// A number to rank by and a token id (or list index) in one 64-bit integer, smaller is better, ties by the smaller id. Integers sort
/// without a comparer, which would allocate, and no two keys are equal, so every algorithm finds the same order.
/// </summary>
internal static class RankKey
{
    /// <summary>The key under which the largest logit comes first.</summary>
    public static ulong LargestFirst(float logit, int id) => (ulong)~Ascending(logit) << 32 | (uint)id;

    /// <summary>The key under which the smallest score comes first.</summary>
    public static ulong SmallestFirst(float score, int id) => (ulong)Ascending(score) << 32 | (uint)id;

    /// <summary>The id or index in <paramref name="key"/>.</summary>
    public static int Id(ulong key) => (int)(uint)key;

    /// <summary>The logit in a key of <see cref="LargestFirst"/>.</summary>
    public static float Logit(ulong key)
    {
        uint ordered = ~(uint)(key >> 32);
        uint bits = (ordered & 0x80000000) != 0 ? ordered ^ 0x80000000 : ~ordered;
        return BitConverter.UInt32BitsToSingle(bits);
    }

    // IEEE bits as an unsigned integer of the same order. Adding zero makes -0 and +0 one value.
    private static uint Ascending(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        return (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
    }
}
