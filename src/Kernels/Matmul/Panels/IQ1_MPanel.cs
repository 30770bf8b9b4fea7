using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat}"/>. Values are eight times -1, 0 and 1, with 1 more or (bit 3 set) 1 less.</content>
public readonly unsafe partial struct IQ1_M : IPanelKernel, ICodebookFormat
{
    /// <inheritdoc/>
    public static int ChunkColumns => CodebookPanel<IQ1_M>.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => CodebookPanel<IQ1_M>.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => CodebookPanel<IQ1_M>.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => CodebookPanel<IQ1_M>.Activations;

    static Codebook ICodebookFormat.Codebook => Codebook.Iq1S;

    static int ICodebookFormat.GroupColumns => 16;

    static int ICodebookFormat.SumColumns => 16;

    static float ICodebookFormat.Step => 0.125f;

    static int ICodebookFormat.Zero => 9;

    static ReadOnlySpan<byte> ICodebookFormat.Values => [2, 10, 18, 9, 9, 9, 9, 9, 0, 8, 16, 9, 9, 9, 9, 9];

    static int ICodebookFormat.Value(sbyte number) => (8 * number) + 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var entries = CodebookEntries<IQ1_M>.Codes;
        var scales = (ushort*)(blocks + ScalesStart);
        int step = (scales[0] >> 12) | (scales[1] >> 12 << 4) | (scales[2] >> 12 << 8) | (scales[3] >> 12 << 12);
        CodebookPanel<IQ1_M>.StoreStep((ushort)step, row, chunk);
        for (int group = 0; group < Groups; group++)
            CodebookPanel<IQ1_M>.StoreScale((scales[group / 4] >> (3 * (group % 4))) & 7, group, row, chunk);
        for (int v = 0; v < Vectors; v++)
        {
            int high = blocks[HighStart + (v / 2)] >> (4 * (v % 2));
            int shifts = (high & 8) != 0 ? 0xFF : 0;
            CodebookPanel<IQ1_M>.StoreCodes(entries[blocks[v] | ((high & 7) << 8)], shifts, v, row, chunk);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => CodebookPanel<IQ1_M>.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => CodebookPanel<IQ1_M>.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
