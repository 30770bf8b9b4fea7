using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Turns float rows into the form that kernels read (see <see cref="ActivationLayout"/>). Each block of a token is quantised by
/// itself: scale = largest magnitude / 127, values rounded half to even into [-127, 127], so nothing depends on neighbours. A block with
/// an infinity or a NaN becomes zeros with a scale that is NaN: what is wrong upstream stays visible, and equal on every rung.
/// </summary>
internal static unsafe class ActivationPacker<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    // Blocks whose scales are divided at once: as many as a register has lanes.
    private const int Batch = 16;

    // Tokens that are interleaved at once, and columns of the largest block.
    private const int Group = 4;
    private const int LargestBlock = 256;

    /// <summary>Packs one tile.</summary>
    /// <param name="layout">The form.</param>
    /// <param name="source">[present, columns] floats.</param>
    /// <param name="stride">Floats from one token's row to the next.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="present">Tokens that exist.</param>
    /// <param name="width">Tokens of the tile.</param>
    /// <param name="destination">The tile.</param>
    public static void PackTile(in ActivationLayout layout, float* source, nint stride, int columns, int present, int width, byte* destination)
    {
        long tileBytes = layout.TokenBytes(columns) * width;
        if (present < width || columns % layout.ChunkColumns != 0)
            new Span<byte>(destination, checked((int)tileBytes)).Clear();
        if (layout.IsFloat)
        {
            PackFloats(source, stride, columns, present, width, MathF.ScaleB(1, layout.Exponent), (float*)destination);
            return;
        }

        for (int token = 0; token < present; token += Group)
            PackBlocks(layout, source + (token * stride), stride, columns, Math.Min(Group, present - token), width, destination + (sizeof(int) * token));
    }

    private static void PackFloats(float* source, nint stride, int columns, int present, int width, float factor, float* destination)
    {
        if (width == 1)
        {
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(source, columns), factor, new Span<float>(destination, columns));
            return;
        }

        for (int column = 0; column < columns; column++, source++, destination += width)
        {
            float* from = source;
            for (int token = 0; token < present; token++, from += stride)
                destination[token] = *from * factor;
        }
    }

    /// <summary>Packs up to four neighbouring tokens of a tile, block by block.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackBlocks(
        in ActivationLayout layout, float* source, nint stride, int columns, int present, int width, byte* destination)
    {
        sbyte* values = stackalloc sbyte[Group * LargestBlock];
        float* inverses = stackalloc float[Group * Batch];
        float* scales = stackalloc float[Group * Batch];
        int blockColumns = layout.BlockColumns;
        int groupColumns = layout.GroupColumns;
        int quads = groupColumns / 4;
        int scalesAt = (layout.BlockBytes - sizeof(float)) * width;
        int sumsAt = scalesAt - (layout.GroupSums ? blockColumns / groupColumns / 2 * sizeof(int) * width : 0);
        var correction = layout.Correction;
        int tileBlockBytes = layout.BlockBytes * width;
        if (present < Group && width >= Group)
            new Span<sbyte>(values, Group * LargestBlock).Clear();
        for (int left = columns / blockColumns; left > 0; left -= Batch)
        {
            int blocks = Math.Min(left, Batch);
            for (int token = 0; token < present; token++)
                Scale(source + (token * stride), blockColumns, blocks, inverses + (Batch * token), scales + (Batch * token));
            for (int block = 0; block < blocks; block++, source += blockColumns, destination += tileBlockBytes)
            {
                for (int token = 0; token < present; token++)
                {
                    Quantize(source + (token * stride), blockColumns, inverses[(Batch * token) + block], values + (LargestBlock * token));
                    ((float*)(destination + scalesAt))[token] = scales[(Batch * token) + block];
                }

                byte* to = destination;
                byte* sums = destination + sumsAt;
                for (int at = 0; at < blockColumns; at += groupColumns)
                {
                    var pairs = width < Group ? Scatter(values + at, quads, present, width, to)
                        : quads == 2 ? InterleaveTwo(values + at, width, to)
                        : Interleave(values + at, quads, width, to);
                    to += quads * sizeof(int) * width;
                    if (correction != GroupCorrection.None)
                    {
                        var halves = pairs * (short)-layout.Zero;
                        Put(correction == GroupCorrection.Whole ? SumsOfHalves(halves) : halves.AsInt32(), present, width, to);
                        to += sizeof(int) * width;
                    }

                    if (layout.GroupSums)
                    {
                        PutHalves(pairs, at / groupColumns % 2, present, sums);
                        if (at / groupColumns % 2 != 0)
                            sums += sizeof(int) * width;
                    }
                }
            }
        }
    }

    /// <summary>The scale of each block, and the factor that brings its values into [-127, 127]; the factor is 0 where nothing but zeros is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(float* source, int blockColumns, int blocks, float* inverses, float* scales)
    {
        var infinity = TRung.Broadcast(float.PositiveInfinity);
        for (int block = 0; block < blocks; block++)
        {
            // Min makes an infinity of a NaN, which Max would drop.
            var largest = TRung.Zero;
            for (float* end = source + blockColumns; source < end; source += 16)
                largest = TRung.Max(largest, TRung.Min(TRung.Abs(TRung.Load(source)), infinity));
            scales[block] = TRung.MaxLane(largest);
        }

        for (int block = blocks; block < Batch; block++)
            scales[block] = 0;
        var magnitudes = TRung.Load(scales);
        var top = TRung.Broadcast(127);
        var usable = TRung.SelectGreater(magnitudes, TRung.Broadcast(ActivationLayout.SmallestMagnitude), top / magnitudes, TRung.Zero);
        TRung.Store(usable, inverses);
        TRung.Store(TRung.SelectGreater(infinity, magnitudes, magnitudes / top, TRung.Broadcast(float.NaN)), scales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quantize(float* source, int count, float inverse, sbyte* values)
    {
        if (inverse == 0)
        {
            new Span<sbyte>(values, count).Clear();
            return;
        }

        var factor = TRung.Broadcast(inverse);
        for (sbyte* end = values + count; values < end; values += 16, source += 16)
            TRung.StoreAsSBytes(TRung.Load(source) * factor, values);
    }

    /// <summary>
    /// Interleaves the quads of four tokens: dwords of one token become a column. Returns for each token the sum of the columns 0 and 1 of all
    /// quads and the sum of the columns 2 and 3.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Interleave(sbyte* values, int quads, int width, byte* destination)
    {
        var pairs = Vector128<short>.Zero;
        nint quadBytes = sizeof(int) * width;
        for (sbyte* end = values + (4 * quads); values < end; values += 16, destination += 4 * quadBytes)
        {
            var first = Vector128.Load((int*)values);
            var second = Vector128.Load((int*)(values + LargestBlock));
            var third = Vector128.Load((int*)(values + (2 * LargestBlock)));
            var fourth = Vector128.Load((int*)(values + (3 * LargestBlock)));
            Quads.Transpose(ref first, ref second, ref third, ref fourth);
            first.Store((int*)destination);
            second.Store((int*)(destination + quadBytes));
            third.Store((int*)(destination + (2 * quadBytes)));
            fourth.Store((int*)(destination + (3 * quadBytes)));
            pairs += SumsOfTwo(first) + SumsOfTwo(second) + SumsOfTwo(third) + SumsOfTwo(fourth);
        }

        return pairs;
    }

    /// <summary>The same for groups of two quads; others have a multiple of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> InterleaveTwo(sbyte* values, int width, byte* destination)
    {
        var first = Vector128.CreateScalar(*(long*)values).AsInt32();
        var second = Vector128.CreateScalar(*(long*)(values + LargestBlock)).AsInt32();
        var third = Vector128.CreateScalar(*(long*)(values + (2 * LargestBlock))).AsInt32();
        var fourth = Vector128.CreateScalar(*(long*)(values + (3 * LargestBlock))).AsInt32();
        Quads.Transpose(ref first, ref second, ref third, ref fourth);
        first.Store((int*)destination);
        second.Store((int*)(destination + (sizeof(int) * width)));
        return SumsOfTwo(first) + SumsOfTwo(second);
    }

    /// <summary>The same for tiles of one or two tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Scatter(sbyte* values, int quads, int present, int width, byte* destination)
    {
        var pairs = Vector128<short>.Zero;
        for (int quad = 0; quad < quads; quad++, values += 4, destination += sizeof(int) * width)
        {
            var quadOfEach = Vector128.CreateScalar(*(int*)values);
            *(int*)destination = *(int*)values;
            if (present > 1)
            {
                int second = *(int*)(values + LargestBlock);
                quadOfEach = quadOfEach.WithElement(1, second);
                *(int*)(destination + sizeof(int)) = second;
            }

            pairs += SumsOfTwo(quadOfEach);
        }

        return pairs;
    }

    /// <summary>Bytes 2i + bytes 2i + 1 of each 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> SumsOfTwo(Vector128<int> quads) => ((quads.AsInt16() << 8) >> 8) + (quads.AsInt16() >> 8);

    /// <summary>The lower + the upper half of each 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumsOfHalves(Vector128<short> pairs) => ((pairs.AsInt32() << 16) >> 16) + (pairs.AsInt32() >> 16);

    /// <summary>Stores one dword per token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<int> values, int present, int width, byte* destination)
    {
        if (width >= Group)
        {
            values.Store((int*)destination);
            return;
        }

        for (int token = 0; token < present; token++)
            ((int*)destination)[token] = values[token];
    }

    /// <summary>Stores the whole sum of each token in the lower (even groups) or upper half of its dword.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PutHalves(Vector128<short> pairs, int half, int present, byte* destination)
    {
        var whole = pairs + (pairs.AsUInt32() >> 16).AsInt16();
        for (int token = 0; token < present; token++)
            ((short*)destination)[(2 * token) + half] = whole[2 * token];
    }
}
