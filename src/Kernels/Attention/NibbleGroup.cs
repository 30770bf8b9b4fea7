using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Attention;

/// <summary>Q4_0: nibbles. Of sixteen dimensions of a value the first eight are low nibbles.</summary>
internal readonly unsafe struct NibbleGroup : IKvGroup, IValueVectors
{
    private const int BlockBytes = 18;

    public static int LineBytes => NibbleLines.Bytes;

    public static float Factor => Half16.BiasFactor;

    public static void Store(ReadOnlySpan<float> values, int position, Span<ushort> scales, Span<byte> lines)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        Q4_0.Encode(values, default, block);
        scales[position] = BitConverter.ToUInt16(block);
        for (int line = 0; line < 4; line++)
            block.Slice(2 + (4 * line), 4).CopyTo(lines[((64 * line) + (4 * position))..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TRung, TTile>(byte* lines, TRung scales, byte* queries, ref TTile accumulators)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var sums = accumulators.StartDot(queries, 32 * TTile.Tokens);
        NibbleLines.Dot<TRung, TTile>(lines, queries, ref sums);
        accumulators.AccumulateNarrow(sums, scales, queries, 36 * TTile.Tokens);
    }

    public static void Encode(ReadOnlySpan<float> values, Span<byte> row)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        var scales = row[(values.Length / 2)..];
        for (int at = 0; at < values.Length; at += 32, scales = scales[2..])
        {
            int count = KvGroups.Encode<Q4_0>(values, at, block);
            block[..2].CopyTo(scales);

            // A file's byte j holds dimensions j and j + 16; here byte j of each sixteen holds its dimensions j and j + 8.
            var pairs = block[2..];
            for (int j = 0; j < 8; j++)
            {
                row[(at / 2) + j] = (byte)((pairs[j] & 15) | (pairs[j + 8] << 4));
                if (count == 32)
                    row[(at / 2) + 8 + j] = (byte)((pairs[j] >> 4) | (pairs[j + 8] & 0xF0));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* row, int vector, int vectors)
        where TRung : unmanaged, IRung<TRung>
        => Integers<TRung>(row, vector) * KvGroups.Scale<TRung>(row + (8 * vectors), vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair<TSelf, TRung>(byte* row, int vector, int vectors, out TRung first, out TRung second)
        where TSelf : struct, IValueVectors
        where TRung : unmanaged, IRung<TRung>
    {
        var scale = KvGroups.Scale<TRung>(row + (8 * vectors), vector);
        first = Integers<TRung>(row, vector) * scale;
        second = Integers<TRung>(row, vector + 1) * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Integers<TRung>(byte* row, int vector)
        where TRung : unmanaged, IRung<TRung>
    {
        ulong pairs = *(ulong*)(row + (8 * vector));
        var nibbles = Vector128.Create(pairs, pairs >> 4).AsByte() & Vector128.Create((byte)15);
        return TRung.FromSBytes(nibbles.AsSByte() - Vector128.Create((sbyte)8));
    }
}
