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

    // Columns of the largest block.
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

        switch (width)
        {
            case 1:
                PackBlocks<OneToken>(layout, source, stride, columns, present, width, destination);
                break;
            case 2:
                PackBlocks<TwoTokens>(layout, source, stride, columns, present, width, destination);
                break;
            default:
                for (int token = 0; token < present; token += FourTokens.Tokens)
                {
                    PackBlocks<FourTokens>(
                        layout,
                        source + (token * stride),
                        stride,
                        columns,
                        Math.Min(FourTokens.Tokens, present - token),
                        width,
                        destination + (sizeof(int) * token));
                }

                break;
        }
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

    /// <summary>Packs neighbouring tokens of a tile, block by block.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackBlocks<TTokens>(
        in ActivationLayout layout, float* source, nint stride, int columns, int present, int width, byte* destination)
        where TTokens : struct, ITokenColumns
    {
        sbyte* values = stackalloc sbyte[TTokens.Tokens * LargestBlock];
        float* inverses = stackalloc float[TTokens.Tokens * Batch];
        float* scales = stackalloc float[TTokens.Tokens * Batch];
        int blockColumns = layout.BlockColumns;
        int groupColumns = layout.GroupColumns;
        int quads = groupColumns / 4;
        int scalesAt = (layout.BlockBytes - sizeof(float)) * width;
        int sumsAt = scalesAt - (layout.GroupSums ? blockColumns / groupColumns / 2 * sizeof(int) * width : 0);
        var correction = layout.Correction;
        int tileBlockBytes = layout.BlockBytes * width;
        if (present < TTokens.Tokens)
            new Span<sbyte>(values, TTokens.Tokens * LargestBlock).Clear();
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
                var evenSums = Vector128<int>.Zero;
                for (int at = 0, group = 0; at < blockColumns; at += groupColumns, group++)
                {
                    var pairs = TTokens.Interleave(values + at, LargestBlock, quads, width, to);
                    to += quads * sizeof(int) * width;
                    if (correction != GroupCorrection.None)
                    {
                        var halves = pairs * (short)-layout.Zero;
                        TTokens.Put(correction == GroupCorrection.Whole ? SumsOfHalves(halves) : halves.AsInt32(), to);
                        to += sizeof(int) * width;
                    }

                    if (!layout.GroupSums)
                        continue;
                    if (group % 2 == 0)
                    {
                        evenSums = SumsOfHalves(pairs);
                    }
                    else
                    {
                        TTokens.Put((SumsOfHalves(pairs) << 16) | (evenSums & Vector128.Create(0xFFFF)), sums);
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

    /// <summary>The lower + the upper half of each 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumsOfHalves(Vector128<short> pairs) => ((pairs.AsInt32() << 16) >> 16) + (pairs.AsInt32() >> 16);
}
