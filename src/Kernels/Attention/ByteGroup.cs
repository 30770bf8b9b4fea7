using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Attention;

/// <summary>Q8_0: bytes.</summary>
internal readonly unsafe struct ByteGroup : IKvGroup, IValueVectors
{
    private const int BlockBytes = 34;

    public static int LineBytes => 512;

    public static float Factor => Half16.BiasFactor;

    public static void Store(ReadOnlySpan<float> values, int position, Span<ushort> scales, Span<byte> lines)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        Q8_0.Encode(values, default, block);
        scales[position] = BitConverter.ToUInt16(block);
        for (int dimension = 0; dimension < 32; dimension++)
            lines[(64 * (dimension / 4)) + (4 * position) + (dimension % 4)] = (byte)(block[2 + dimension] ^ 0x80);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TRung, TTile>(byte* lines, TRung scales, byte* queries, ref TTile accumulators)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var sums = WideDot<TRung, TTile, ByteLines>.Sum(lines, queries, accumulators);
        accumulators.Accumulate(sums, scales, queries, 36 * TTile.Tokens);
    }

    public static void Encode(ReadOnlySpan<float> values, Span<byte> row)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        var scales = row[values.Length..];
        for (int at = 0; at < values.Length; at += 32, scales = scales[2..])
        {
            int count = KvGroups.Encode<Q8_0>(values, at, block);
            block[..2].CopyTo(scales);
            block.Slice(2, count).CopyTo(row[at..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* row, int vector, int vectors)
        where TRung : unmanaged, IRung<TRung>
        => Integers<TRung>(row, vector) * KvGroups.Scale<TRung>(row + (16 * vectors), vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair<TSelf, TRung>(byte* row, int vector, int vectors, out TRung first, out TRung second)
        where TSelf : struct, IValueVectors
        where TRung : unmanaged, IRung<TRung>
    {
        var scale = KvGroups.Scale<TRung>(row + (16 * vectors), vector);
        first = Integers<TRung>(row, vector) * scale;
        second = Integers<TRung>(row, vector + 1) * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Integers<TRung>(byte* row, int vector)
        where TRung : unmanaged, IRung<TRung> => TRung.FromSBytes(Vector128.Load((sbyte*)row + (16 * vector)));
}
