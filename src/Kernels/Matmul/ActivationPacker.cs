using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Turns float rows into the form that kernels read (see <see cref="ActivationLayout"/>). Each block of a token is quantised by
/// itself: scale = largest magnitude / 127, values rounded half to even into [-127, 127], so nothing depends on neighbours.
/// </summary>
internal static unsafe class ActivationPacker<TRung>
    where TRung : unmanaged, IRung<TRung>
{
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
        long tileBytes = layout.TokenBytes(columns, TRung.HasByteDot) * width;
        if (present < width || columns % layout.ChunkColumns != 0)
            new Span<byte>(destination, checked((int)tileBytes)).Clear();
        for (int token = 0; token < present; token++, source += stride)
        {
            if (layout.IsFloat)
                PackFloats(source, columns, token, width, (float*)destination);
            else
                PackBlocks(layout, source, columns, token, width, destination);
        }
    }

    private static void PackFloats(float* source, int columns, int token, int width, float* destination)
    {
        if (width == 1)
        {
            new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(destination, columns));
            return;
        }

        for (int column = 0; column < columns; column++)
            destination[(column * width) + token] = source[column];
    }

    [SkipLocalsInit]
    private static void PackBlocks(in ActivationLayout layout, float* source, int columns, int token, int width, byte* destination)
    {
        sbyte* values = stackalloc sbyte[256];
        int blockBytes = layout.BlockBytes(TRung.HasByteDot) * width;
        bool wide = layout.Correction == GroupCorrection.Wide && !TRung.HasByteDot;
        int groups = layout.BlockColumns / layout.GroupColumns;
        int quads = layout.GroupColumns / 4;
        for (int column = 0; column < columns; column += layout.BlockColumns, destination += blockBytes)
        {
            float scale = Quantize(source + column, layout.BlockColumns, values);
            byte* at = destination;
            for (int group = 0; group < groups; group++)
            {
                sbyte* first = values + (group * layout.GroupColumns);
                if (wide)
                {
                    StoreWideQuads(first, quads, token, width, (short*)at);
                    at += 8 * quads * width;
                }
                else
                {
                    for (int quad = 0; quad < quads; quad++)
                        ((int*)at)[(quad * width) + token] = ((int*)first)[quad];
                    at += 4 * quads * width;
                }

                if (layout.Correction != GroupCorrection.None)
                {
                    ((int*)at)[token] = Correction(layout, first);
                    at += 4 * width;
                }
            }

            if (layout.GroupSums)
            {
                for (int group = 0; group < groups; group += 2, at += 4 * width)
                {
                    int low = Sum(values + (group * layout.GroupColumns), layout.GroupColumns);
                    int high = Sum(values + ((group + 1) * layout.GroupColumns), layout.GroupColumns);
                    ((int*)at)[token] = (low & 0xFFFF) | (high << 16);
                }
            }

            ((float*)at)[token] = scale;
        }
    }

    private static float Quantize(float* source, int count, sbyte* values)
    {
        var largest = TRung.Abs(TRung.Load(source));
        for (int i = 16; i < count; i += 16)
            largest = TRung.Max(largest, TRung.Abs(TRung.Load(source + i)));
        float magnitude = TRung.MaxLane(largest);
        var inverse = TRung.Broadcast(magnitude > 0 ? 127 / magnitude : 0);
        for (int i = 0; i < count; i += 16)
            TRung.StoreAsSBytes(TRung.Load(source + i) * inverse, values + i);
        return magnitude / 127;
    }

    private static void StoreWideQuads(sbyte* values, int quads, int token, int width, short* destination)
    {
        for (int quad = 0; quad < quads; quad++, values += 4)
        {
            short* at = destination + (4 * ((quad * width) + token));
            at[0] = values[0];
            at[1] = values[2];
            at[2] = values[1];
            at[3] = values[3];
        }
    }

    private static int Correction(in ActivationLayout layout, sbyte* values)
    {
        int low = 0;
        int high = 0;
        for (int i = 0; i < layout.GroupColumns; i += 4)
        {
            low += values[i] + values[i + 1];
            high += values[i + 2] + values[i + 3];
        }

        return layout.Correction == GroupCorrection.Wide
            ? -layout.Zero * (low + high)
            : ((-layout.Zero * low) & 0xFFFF) | ((-layout.Zero * high) << 16);
    }

    private static int Sum(sbyte* values, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
            sum += values[i];
        return sum;
    }
}
