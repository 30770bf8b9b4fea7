using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// Sixteen rows from anywhere in a matrix become a panel that stays in the nearest caches until it is multiplied. So products of chosen rows are
/// those of panels to the last bit, in every format and on every rung, and need no kernels of their own.
/// </summary>
internal static unsafe class ChosenPanel<TRung, TFormat>
    where TRung : unmanaged, IRung<TRung>
    where TFormat : struct, IPanelFormat
{
    private const int Together = 4;
    private const int LineBytes = 64;

    // Of each row, so much is packed before the next four rows come: what is written stays in the first cache, what is asked for does not come in a burst
    // that is longer than a core's list of misses.
    private const int PieceBytes = 256;

    /// <inheritdoc cref="PanelKernel.PackChosen"/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(byte* matrix, int* rows, int count, int next, int columns, byte* panel)
    {
        int blocks = columns / TFormat.BlockWeights;
        int chunkBlocks = TFormat.ChunkColumns / TFormat.BlockWeights;
        int pieceBlocks = Math.Max(1, PieceBytes / (chunkBlocks * TFormat.BlockBytes)) * chunkBlocks;
        nint rowBytes = (nint)blocks * TFormat.BlockBytes;
        byte** from = stackalloc byte*[PackedMatrix.PanelRows];
        byte** ahead = stackalloc byte*[PackedMatrix.PanelRows];
        for (int i = 0; i < PackedMatrix.PanelRows; i++)
        {
            from[i] = matrix + (rows[Math.Min(i, count - 1)] * rowBytes);
            ahead[i] = matrix + (rows[count + Math.Min(i, next - 1)] * rowBytes);
        }

        if (columns % TFormat.ChunkColumns != 0)
            new Span<byte>(panel + (blocks / chunkBlocks * (nint)TFormat.ChunkBytes), TFormat.ChunkBytes).Clear();
        nint asked = 0;
        for (int first = 0; first < blocks; first += pieceBlocks)
        {
            int piece = Math.Min(pieceBlocks, blocks - first);
            nint offset = (nint)first * TFormat.BlockBytes;
            nint end = offset + ((nint)piece * TFormat.BlockBytes);
            byte* chunk = panel + (first / chunkBlocks * (nint)TFormat.ChunkBytes);
            for (int row = 0; row < PackedMatrix.PanelRows; row += Together)
            {
                if (TRung.Prefetches)
                    Ask(ahead + row, asked, end);
                PackRows(from + row, offset, piece, row, chunk);
            }

            asked = (end + (LineBytes - 1)) & -LineBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask(byte** rows, nint start, nint end)
    {
        for (nint at = start; at < end; at += LineBytes)
        {
            TRung.PrefetchLine(rows[0] + at);
            TRung.PrefetchLine(rows[1] + at);
            TRung.PrefetchLine(rows[2] + at);
            TRung.PrefetchLine(rows[3] + at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PackRows(byte** rows, nint offset, int blocks, int row, byte* chunk)
    {
        if (TFormat.PacksFour)
        {
            TFormat.PackFour(new FourRows(rows[0] + offset, rows[1] + offset, rows[2] + offset, rows[3] + offset), blocks, row, chunk);
            return;
        }

        int chunkBlocks = TFormat.ChunkColumns / TFormat.BlockWeights;
        for (; blocks > 0; blocks -= chunkBlocks, offset += (nint)chunkBlocks * TFormat.BlockBytes, chunk += TFormat.ChunkBytes)
        {
            for (int i = 0; i < Together; i++)
                TFormat.PackRow(rows[i] + offset, Math.Min(blocks, chunkBlocks), row + i, chunk);
        }
    }
}
