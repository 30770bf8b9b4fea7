using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;
using Entries = Hearth.Kernels.Matmul.CodebookEntries<Hearth.Kernels.Formats.IQ1_S>;
using Panel = Hearth.Kernels.Matmul.CodebookPanel<Hearth.Kernels.Formats.IQ1_S, Hearth.Kernels.Matmul.ThreeBitCodes>;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat, TLines}"/>. Values are eight times -1, 0 and 1, with 1 more or 1 less.</content>
public readonly unsafe partial struct IQ1_S : IPanelKernel, ICodebookFormat
{
    /// <inheritdoc/>
    public static int ChunkColumns => Panel.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => Panel.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => Panel.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => Panel.Activations;

    static bool IPanelKernel.IsCostlyToUnpack(int tileTokens) => true;

    static Codebook ICodebookFormat.Codebook => Codebook.Iq1S;

    static int ICodebookFormat.GroupColumns => 32;

    static int ICodebookFormat.SumColumns => 16;

    static float ICodebookFormat.Step => 0.125f;

    static int ICodebookFormat.Zero => 9;

    static ReadOnlySpan<byte> ICodebookFormat.Values => [2, 10, 18, 9, 0, 8, 16, 9, 2, 10, 18, 9, 0, 8, 16, 9];

    static int ICodebookFormat.Value(sbyte number) => (8 * number) + 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var entries = Entries.Numbers;
        Panel.StoreStep(*(ushort*)blocks, row, chunk);
        byte* indices = blocks + 2;
        for (int group = 0; group < Groups; group++, indices += 4)
        {
            int high = *(ushort*)(blocks + HighStart + (2 * group));
            Panel.StoreScale((high >> 12) & 7, group, row, chunk);
            Panel.StoreColumns(
                entries[indices[0] | ((high << 8) & 0x700)],
                entries[indices[1] | ((high << 5) & 0x700)],
                entries[indices[2] | ((high << 2) & 0x700)],
                entries[indices[3] | ((high >> 1) & 0x700)],
                (high & 0x8000) != 0 ? uint.MaxValue : 0,
                group,
                row,
                chunk);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => Panel.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => Panel.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
