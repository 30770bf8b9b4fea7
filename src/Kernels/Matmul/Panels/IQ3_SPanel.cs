using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat}"/>. Values are the odd numbers up to 15 and their negatives.</content>
public readonly unsafe partial struct IQ3_S : IPanelKernel, ICodebookFormat
{
    /// <inheritdoc/>
    public static int ChunkColumns => CodebookPanel<IQ3_S>.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => CodebookPanel<IQ3_S>.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => CodebookPanel<IQ3_S>.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => CodebookPanel<IQ3_S>.Activations;

    static Codebook ICodebookFormat.Codebook => Codebook.Iq3S;

    static int ICodebookFormat.GroupColumns => 32;

    static int ICodebookFormat.SumColumns => 32;

    static float ICodebookFormat.Step => 1;

    static int ICodebookFormat.Zero => 15;

    static ReadOnlySpan<byte> ICodebookFormat.Values => [16, 18, 20, 22, 24, 26, 28, 30, 14, 12, 10, 8, 6, 4, 2, 0];

    static int ICodebookFormat.Value(sbyte number) => number;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var entries = CodebookEntries<IQ3_S>.Codes;
        CodebookPanel<IQ3_S>.StoreStep(*(ushort*)blocks, row, chunk);
        for (int group = 0; group < Groups; group++)
            CodebookPanel<IQ3_S>.StoreScale((blocks[ScalesStart + (group / 2)] >> (4 * (group % 2))) & 15, group, row, chunk);
        for (int v = 0; v < Indices / 2; v++)
        {
            int high = blocks[HighStart + (v / 4)] >> (2 * (v % 4));
            uint first = entries[blocks[2 + (2 * v)] | ((high & 1) << 8)];
            uint second = entries[blocks[3 + (2 * v)] | ((high & 2) << 7)];
            CodebookPanel<IQ3_S>.StoreCodes(first | (second << 4), blocks[SignsStart + v], v, row, chunk);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => CodebookPanel<IQ3_S>.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => CodebookPanel<IQ3_S>.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
