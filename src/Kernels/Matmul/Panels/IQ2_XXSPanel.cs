using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat}"/>. Values are 8, 25 and 43 and their negatives.</content>
public readonly unsafe partial struct IQ2_XXS : IPanelKernel, ICodebookFormat
{
    /// <inheritdoc/>
    public static int ChunkColumns => CodebookPanel<IQ2_XXS>.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => CodebookPanel<IQ2_XXS>.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => CodebookPanel<IQ2_XXS>.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => CodebookPanel<IQ2_XXS>.Activations;

    static Codebook ICodebookFormat.Codebook => Codebook.Iq2Xxs;

    static int ICodebookFormat.GroupColumns => 32;

    static int ICodebookFormat.SumColumns => 8;

    static float ICodebookFormat.Step => 0.125f;

    static int ICodebookFormat.Zero => 43;

    static ReadOnlySpan<byte> ICodebookFormat.Values => [51, 68, 86, 43, 43, 43, 43, 43, 35, 18, 0, 43, 43, 43, 43, 43];

    static int ICodebookFormat.Value(sbyte number) => number;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var entries = CodebookEntries<IQ2_XXS>.Codes;
        CodebookPanel<IQ2_XXS>.StoreStep(*(ushort*)blocks, row, chunk);
        byte* indices = blocks + 2;
        for (int group = 0; group < Groups; group++, indices += GroupBytes)
        {
            uint signsAndScale = *(uint*)(indices + 4);
            CodebookPanel<IQ2_XXS>.StoreScale((int)(signsAndScale >> 28), group, row, chunk);
            for (int l = 0; l < 4; l++, signsAndScale >>= EvenSigns.Bits)
            {
                int signs = EvenSigns.Unpack((int)signsAndScale & EvenSigns.Mask);
                CodebookPanel<IQ2_XXS>.StoreCodes(entries[indices[l]], signs, (4 * group) + l, row, chunk);
            }
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => CodebookPanel<IQ2_XXS>.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => CodebookPanel<IQ2_XXS>.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
