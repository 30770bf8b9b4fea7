using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>How many sequences of vectors an inner loop walks side by side, as a type so that the loop is compiled for it.</summary>
internal interface IStreams
{
    static abstract int Count { get; }
}

internal readonly struct One : IStreams
{
    public static int Count => 1;
}

internal readonly struct Two : IStreams
{
    public static int Count => 2;
}

internal readonly struct Four : IStreams
{
    public static int Count => 4;
}

internal static class Streams<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    /// <summary>
    /// Accumulators, streams times rows, that stay in registers: 16 where there are 32 wide registers; elsewhere a
    /// <typeparamref name="TRung"/> takes 2 or 4 of 16 or 32.
    /// </summary>
    public static int Accumulators => TRung.TileTokens >= 8 ? 16 : 4;
}
