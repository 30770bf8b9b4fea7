using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat}"/>. Values are eight times -1, 0 and 1, with 1 more or (bit 3 set) 1 less.</content>
public readonly unsafe partial struct IQ1_S : IPanelKernel, ICodebookFormat
{
    /// <inheritdoc/>
    public static int ChunkColumns => CodebookPanel<IQ1_S>.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => CodebookPanel<IQ1_S>.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => CodebookPanel<IQ1_S>.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => CodebookPanel<IQ1_S>.Activations;

    static Codebook ICodebookFormat.Codebook => Codebook.Iq1S;

    static int ICodebookFormat.GroupColumns => 32;

    static int ICodebookFormat.SumColumns => 32;

    static float ICodebookFormat.Step => 0.125f;

    static int ICodebookFormat.Zero => 9;

    static ReadOnlySpan<byte> ICodebookFormat.Values => [2, 10, 18, 9, 9, 9, 9, 9, 0, 8, 16, 9, 9, 9, 9, 9];

    static int ICodebookFormat.Value(sbyte number) => (8 * number) + 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var entries = CodebookEntries<IQ1_S>.Codes;
        CodebookPanel<IQ1_S>.StoreStep(*(ushort*)blocks, row, chunk);
        byte* indices = blocks + 2;
        for (int group = 0; group < Groups; group++)
        {
            int high = *(ushort*)(blocks + HighStart + (2 * group));
            CodebookPanel<IQ1_S>.StoreScale((high >> 12) & 7, group, row, chunk);
            int shifts = (high & 0x8000) != 0 ? 0xFF : 0;
            for (int l = 0; l < 4; l++, indices++, high >>= 3)
                CodebookPanel<IQ1_S>.StoreCodes(entries[*indices | ((high & 7) << 8)], shifts, (4 * group) + l, row, chunk);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => CodebookPanel<IQ1_S>.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => CodebookPanel<IQ1_S>.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
