using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>What the quantised storages of values share.</summary>
internal static unsafe class KvGroups
{
    /// <summary>Encodes up to 32 dimensions as one block; those missing are zeros.</summary>
    /// <returns>How many there were.</returns>
    public static int Encode<TFormat>(ReadOnlySpan<float> values, int at, Span<byte> block)
        where TFormat : struct, IWeightFormat
    {
        Span<float> group = stackalloc float[32];
        int count = Math.Min(group.Length, values.Length - at);
        values.Slice(at, count).CopyTo(group);
        group[count..].Clear();
        TFormat.Encode(group, default, block);
        return count;
    }

    /// <summary>The scale of a sixteen, divided by 2^112 as <see cref="IRung{TSelf}.LoadSmallHalf"/> does it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Scale<TRung>(byte* scales, int vector)
        where TRung : unmanaged, IRung<TRung>
        => TRung.Broadcast(BitConverter.Int32BitsToSingle((((short*)scales)[vector / 2] << 13) & Half16.Bits));
}
