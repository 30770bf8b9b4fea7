using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="TernaryPanel"/>.</content>
public readonly unsafe partial struct TQ2_0 : IPanelKernel
{
    /// <inheritdoc/>
    public static int ChunkColumns => TernaryPanel.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => TernaryPanel.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => TernaryPanel.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => TernaryPanel.Activations;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        *(ushort*)(chunk + (2 * row)) = *(ushort*)(blocks + TwoBits.Bytes);
        for (int group = 0; group < 16; group++)
        {
            byte* codes = blocks + (32 * (group / 8)) + (16 * (group % 2));
            TernaryPanel.Store(TwoBitQuads.Pack(codes, 2 * (group % 8 / 2)), group, row, chunk);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights) => TernaryPanel.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => TernaryPanel.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
