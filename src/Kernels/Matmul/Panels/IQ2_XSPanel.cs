using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat}"/>. Values are 8, 25 and 43 and their negatives.</content>
public readonly unsafe partial struct IQ2_XS : IPanelKernel, ICodebookFormat
{
    /// <inheritdoc/>
    public static int ChunkColumns => CodebookPanel<IQ2_XS>.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => CodebookPanel<IQ2_XS>.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => CodebookPanel<IQ2_XS>.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => CodebookPanel<IQ2_XS>.Activations;

    static Codebook ICodebookFormat.Codebook => Codebook.Iq2Xs;

    static int ICodebookFormat.GroupColumns => 16;

    static int ICodebookFormat.SumColumns => 8;

    static float ICodebookFormat.Step => 0.125f;

    static int ICodebookFormat.Zero => 43;

    static ReadOnlySpan<byte> ICodebookFormat.Values => [51, 68, 86, 43, 43, 43, 43, 43, 35, 18, 0, 43, 43, 43, 43, 43];

    static int ICodebookFormat.Value(sbyte number) => number;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var entries = CodebookEntries<IQ2_XS>.Codes;
        CodebookPanel<IQ2_XS>.StoreStep(*(ushort*)blocks, row, chunk);
        for (int group = 0; group < Groups; group++)
            CodebookPanel<IQ2_XS>.StoreScale((blocks[ScalesStart + (group / 2)] >> (4 * (group % 2))) & 15, group, row, chunk);
        for (int v = 0; v < BlockWeights / 8; v++)
        {
            int code = *(ushort*)(blocks + 2 + (2 * v));
            CodebookPanel<IQ2_XS>.StoreCodes(entries[code & 511], EvenSigns.Unpack(code >> 9), v, row, chunk);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => CodebookPanel<IQ2_XS>.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => CodebookPanel<IQ2_XS>.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
