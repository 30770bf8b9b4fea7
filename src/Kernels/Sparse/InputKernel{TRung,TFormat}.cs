using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Sparse;

/// <inheritdoc/>
internal sealed unsafe class InputKernel<TRung, TFormat>()
    : InputKernel(TFormat.Type, TFormat.ValueBytes, TFormat.HasScales, TRung.FloatTileTokens)
    where TRung : unmanaged, IRung<TRung>
    where TFormat : struct, IInputFormat
{
    // Rows that are added in one pass over y, whose loads and stores they share.
    private const int Together = 4;

    // Scales that are widened at a time.
    private const int ScaleSteps = 16;

    // What is asked for comes from memory while so much is worked on.
    private const int AheadBytes = 4096;

    public override void PackRow(byte* blocks, int columns, byte* row)
    {
        new Span<byte>(row, checked((int)RowBytes(columns))).Clear();
        byte* values = row + ScaleBytes(columns);
        if (!TFormat.HasScales)
        {
            Buffer.MemoryCopy(blocks, values, FileRowBytes(columns), FileRowBytes(columns));
            return;
        }

        for (var scale = (ushort*)row; columns > 0; columns -= StepColumns, values += TFormat.ValueBytes)
        {
            *scale++ = *(ushort*)blocks;
            Unsafe.CopyBlockUnaligned(values, blocks + sizeof(ushort), (uint)TFormat.ValueBytes);
            blocks += sizeof(ushort) + TFormat.ValueBytes;
        }
    }

    [SkipLocalsInit]
    public override void Add(byte* matrix, int columns, int* rows, float* factors, int count, int start, int width, float* y)
    {
        long rowBytes = RowBytes(columns);
        int steps = width / StepColumns;
        nint scalesAt = start / StepColumns * sizeof(ushort);
        nint valuesAt = ScaleBytes(columns) + (nint)(start / StepColumns * TFormat.ValueBytes);
        int ahead = Together * Math.Max(1, AheadBytes / (Together * steps * TFormat.ValueBytes));
        byte** group = stackalloc byte*[2 * Together];
        float* factor = stackalloc float[Together];
        for (int i = 0; i < count; i += Together)
        {
            for (int k = 0; k < Together; k++)
            {
                // Past the end the last row once more, times nothing.
                group[k] = matrix + (rows[Math.Min(i + k, count - 1)] * rowBytes);
                group[Together + k] = matrix + (rows[Math.Min(i + k + ahead, count - 1)] * rowBytes);
                factor[k] = i + k < count ? factors[i + k] : 0;
            }

            AddFour(group, scalesAt, valuesAt, factor, y, steps);
        }
    }

    public override void MultiplyAll(
        byte* matrix, int columns, int inputs, int start, byte* activations, int tokens, float* y, nint stride, byte* scratch)
    {
        var tiles = new TokenTiles(tokens, Activations.TileTokens);
        float* panel = (float*)scratch;
        float* second = panel + (PieceRows * PackedMatrix.PanelRows);
        int panels = columns - start > PackedMatrix.PanelRows ? 2 : 1;
        for (int token = 0; token < tokens; token++)
            new Span<float>(y + (token * stride), panels * PackedMatrix.PanelRows).Clear();
        long tokenBytes = Activations.TokenBytes(inputs);
        long rowBytes = RowBytes(columns);
        nint scaleAt = start / StepColumns * sizeof(ushort);
        nint valuesAt = ScaleBytes(columns) + (nint)(start / StepColumns * TFormat.ValueBytes);
        for (int first = 0; first < inputs; first += PieceRows)
        {
            int rows = Math.Min(PieceRows, inputs - first);
            int chunks = (rows + (FloatPanel.Columns - 1)) / FloatPanel.Columns;
            new Span<float>(panel + (rows * PackedMatrix.PanelRows), ((chunks * FloatPanel.Columns) - rows) * PackedMatrix.PanelRows).Clear();
            new Span<float>(second + (rows * PackedMatrix.PanelRows), ((chunks * FloatPanel.Columns) - rows) * PackedMatrix.PanelRows).Clear();
            Unpack(matrix + (first * rowBytes), (nint)rowBytes, scaleAt, valuesAt, rows, panel, second);
            for (int tile = 0; tile < tiles.Count; tile++)
            {
                int at = tiles.First(tile);
                int width = tiles.Width(tile);
                byte* x = activations + (at * tokenBytes) + ((long)first * width * sizeof(float));
                for (int i = 0; i < panels; i++)
                    AddTile(width, i == 0 ? panel : second, x, chunks, y + (at * stride) + (i * PackedMatrix.PanelRows), stride, tiles.Present(tile));
            }
        }

        for (int token = 0; token < tokens; token++)
            AddZero(y + (token * stride), panels * PackedMatrix.PanelRows, y + (token * stride));
    }

    public override void AddZero(float* sums, int width, float* y)
    {
        for (int at = 0; at < width; at += PackedMatrix.PanelRows)
            TRung.Store(TRung.Load(sums + at) + TRung.Zero, y + at);
    }

    private static void AddTile(int width, float* panel, byte* x, int chunks, float* y, nint stride, int present)
    {
        nint chunkBytes = FloatPanel.Columns * sizeof(float) * width;
        switch (width)
        {
            case 1:
                PanelLoop<TRung, F32, Tile1<TRung>>.Add((byte*)panel, x, chunkBytes, chunks, y, stride, present);
                break;
            case 2:
                PanelLoop<TRung, F32, TilePair<Tile1<TRung>, TRung>>.Add((byte*)panel, x, chunkBytes, chunks, y, stride, present);
                break;
            case 4:
                PanelLoop<TRung, F32, Tile4<TRung>>.Add((byte*)panel, x, chunkBytes, chunks, y, stride, present);
                break;
            case 8:
                PanelLoop<TRung, F32, TilePair<Tile4<TRung>, TRung>>.Add((byte*)panel, x, chunkBytes, chunks, y, stride, present);
                break;
            default:
                PanelLoop<TRung, F32, TilePair<TilePair<Tile4<TRung>, TRung>, TRung>>.Add((byte*)panel, x, chunkBytes, chunks, y, stride, present);
                break;
        }
    }

    /// <summary>Thirty-two columns of consecutive rows become two panels of floats.</summary>
    [MethodImpl(InnerLoop.Options)]
    private static void Unpack(byte* row, nint rowBytes, nint scaleAt, nint valuesAt, int count, float* panel, float* second)
    {
        for (; count > 0; count--, row += rowBytes, panel += PackedMatrix.PanelRows, second += PackedMatrix.PanelRows)
        {
            float scale = TFormat.HasScales ? Half16.ToSingle(*(ushort*)(row + scaleAt)) : 0;
            TFormat.Load(row + valuesAt, &scale, out TRung low, out TRung high);
            TRung.Store(low, panel);
            TRung.Store(high, second);
        }
    }

    /// <summary>y += four rows times their factors; asks for four rows behind them in the list.</summary>
    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    private static void AddFour(byte** rows, nint scalesAt, nint valuesAt, float* factors, float* y, int steps)
    {
        float* scales = stackalloc float[Together * ScaleSteps];
        byte* scales0 = rows[0] + scalesAt;
        byte* scales1 = rows[1] + scalesAt;
        byte* scales2 = rows[2] + scalesAt;
        byte* scales3 = rows[3] + scalesAt;
        byte* row0 = rows[0] + valuesAt;
        nint row1 = (nint)(rows[1] - rows[0]);
        nint row2 = (nint)(rows[2] - rows[0]);
        nint row3 = (nint)(rows[3] - rows[0]);
        byte* next0 = rows[4] + valuesAt;
        nint next1 = (nint)(rows[5] - rows[4]);
        nint next2 = (nint)(rows[6] - rows[4]);
        nint next3 = (nint)(rows[7] - rows[4]);
        nint nextScales = scalesAt - valuesAt;
        var factor0 = TRung.Broadcast(factors[0]);
        var factor1 = TRung.Broadcast(factors[1]);
        var factor2 = TRung.Broadcast(factors[2]);
        var factor3 = TRung.Broadcast(factors[3]);
        for (; steps > 0; steps -= ScaleSteps)
        {
            float* scale = scales;
            if (TFormat.HasScales)
            {
                TRung.Store(TRung.LoadHalf((ushort*)scales0), scales);
                TRung.Store(TRung.LoadHalf((ushort*)scales1), scales + ScaleSteps);
                TRung.Store(TRung.LoadHalf((ushort*)scales2), scales + (2 * ScaleSteps));
                TRung.Store(TRung.LoadHalf((ushort*)scales3), scales + (3 * ScaleSteps));
                scales0 += ScaleSteps * sizeof(ushort);
                scales1 += ScaleSteps * sizeof(ushort);
                scales2 += ScaleSteps * sizeof(ushort);
                scales3 += ScaleSteps * sizeof(ushort);
                TRung.PrefetchLine(next0 + nextScales);
                TRung.PrefetchLine(next0 + nextScales + next1);
                TRung.PrefetchLine(next0 + nextScales + next2);
                TRung.PrefetchLine(next0 + nextScales + next3);
                nextScales += (ScaleSteps * sizeof(ushort)) - (ScaleSteps * TFormat.ValueBytes);
            }

            for (float* end = y + (Math.Min(steps, ScaleSteps) * StepColumns); y < end;)
            {
                for (int at = 0; at < TFormat.ValueBytes; at += 64)
                {
                    TRung.PrefetchLine(next0 + at);
                    TRung.PrefetchLine(next0 + at + next1);
                    TRung.PrefetchLine(next0 + at + next2);
                    TRung.PrefetchLine(next0 + at + next3);
                }

                var low = TRung.Load(y);
                var high = TRung.Load(y + 16);
                AddStep(row0, scale, factor0, ref low, ref high);
                AddStep(row0 + row1, scale + ScaleSteps, factor1, ref low, ref high);
                AddStep(row0 + row2, scale + (2 * ScaleSteps), factor2, ref low, ref high);
                AddStep(row0 + row3, scale + (3 * ScaleSteps), factor3, ref low, ref high);
                TRung.Store(low, y);
                TRung.Store(high, y + 16);
                y += StepColumns;
                scale++;
                row0 += TFormat.ValueBytes;
                next0 += TFormat.ValueBytes;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStep(byte* values, float* scale, TRung factor, ref TRung low, ref TRung high)
    {
        TFormat.Load(values, scale, out TRung first, out TRung second);
        low = TRung.MultiplyAdd(first, factor, low);
        high = TRung.MultiplyAdd(second, factor, high);
    }
}
