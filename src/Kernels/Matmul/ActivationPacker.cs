using System.Runtime.CompilerServices;
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
            PackFloats(source, stride, columns, present, width, (float*)destination);
            return;
        }

        for (int token = 0; token < present; token++, source += stride)
            PackBlocks(layout, source, columns, token, width, destination);
    }

    private static void PackFloats(float* source, nint stride, int columns, int present, int width, float* destination)
    {
        if (width == 1)
        {
            new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(destination, columns));
            return;
        }

        for (int column = 0; column < columns; column++, source++, destination += width)
        {
            float* from = source;
            for (int token = 0; token < present; token++, from += stride)
                destination[token] = *from;
        }
    }

    [SkipLocalsInit]
    private static void PackBlocks(in ActivationLayout layout, float* source, int columns, int token, int width, byte* destination)
    {
        float* inverses = stackalloc float[Batch];
        float* scales = stackalloc float[Batch];
        var form = layout;
        int tileBlockBytes = form.BlockBytes * width;
        destination += sizeof(int) * token;
        for (int left = columns / form.BlockColumns; left > 0; left -= Batch)
        {
            int blocks = Math.Min(left, Batch);
            Scale(source, form.BlockColumns, blocks, inverses, scales);
            for (int i = 0; i < blocks; i++, source += form.BlockColumns, destination += tileBlockBytes)
                PackBlock(form, source, inverses[i], scales[i], width, (int*)destination);
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

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackBlock(ActivationLayout layout, float* source, float inverse, float scale, int width, int* destination)
    {
        sbyte* values = stackalloc sbyte[256];
        Quantize(source, layout.BlockColumns, inverse, values);
        int quads = layout.GroupColumns / 4;
        int bias = 128 * layout.GroupColumns / 2;
        int* sums = destination + (BodyDwords(layout) * width);
        int evenGroup = 0;
        for (int group = 0; group < layout.BlockColumns / layout.GroupColumns; group++, values += layout.GroupColumns)
        {
            uint biased = StoreQuads(values, quads, width, destination);
            int low = (int)(biased & 0xFFFF) - bias;
            int high = (int)(biased >> 16) - bias;
            destination += quads * width;
            if (layout.Correction != GroupCorrection.None)
            {
                *destination = Halves(-layout.Zero * low, -layout.Zero * high);
                destination += width;
            }

            if (layout.GroupSums)
            {
                if (group % 2 == 0)
                {
                    evenGroup = low + high;
                    continue;
                }

                *sums = Halves(evenGroup, low + high);
                sums += width;
            }
        }

        *(float*)sums = scale;
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
    /// Interleaves the quads of a group. Returns the sum of the columns 0 and 1 of all quads in the low half, of the columns 2 and 3 in
    /// the high half; each value counts 128 too much, so that bytes are unsigned and eight of them add up in one word without carries.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint StoreQuads(sbyte* values, int quads, int width, int* destination)
    {
        const ulong EveryOther = 0x00FF_00FF_00FF_00FF;
        ulong sums = 0;
        for (sbyte* end = values + (4 * quads); values < end; values += 8, destination += 2 * width)
        {
            ulong two = *(ulong*)values;
            destination[0] = (int)two;
            destination[width] = (int)(two >> 32);
            two ^= 0x8080_8080_8080_8080;
            sums += (two & EveryOther) + ((two >> 8) & EveryOther);
        }

        return (uint)sums + (uint)(sums >> 32);
    }

    /// <summary>Dwords of a token's block in front of its group sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BodyDwords(in ActivationLayout layout)
        => (layout.BlockColumns / 4) + (layout.Correction == GroupCorrection.None ? 0 : layout.BlockColumns / layout.GroupColumns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Halves(int low, int high) => (low & 0xFFFF) | (high << 16);
}
