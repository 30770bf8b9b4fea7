using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat}"/>. Values are 4, 12, 20 to 52 and 62 and their negatives.</content>
public readonly unsafe partial struct IQ3_XXS : IPanelKernel, ICodebookFormat
{
    /// <inheritdoc/>
    public static int ChunkColumns => CodebookPanel<IQ3_XXS>.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => CodebookPanel<IQ3_XXS>.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => CodebookPanel<IQ3_XXS>.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => CodebookPanel<IQ3_XXS>.Activations;

    static Codebook ICodebookFormat.Codebook => Codebook.Iq3Xxs;

    static int ICodebookFormat.GroupColumns => 32;

    static int ICodebookFormat.SumColumns => 8;

    static float ICodebookFormat.Step => 0.25f;

    static int ICodebookFormat.Zero => 62;

    static ReadOnlySpan<byte> ICodebookFormat.Values => [66, 74, 82, 90, 98, 106, 114, 124, 58, 50, 42, 34, 26, 18, 10, 0];

    static int ICodebookFormat.Value(sbyte number) => number;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var entries = CodebookEntries<IQ3_XXS>.Codes;
        CodebookPanel<IQ3_XXS>.StoreStep(*(ushort*)blocks, row, chunk);
        byte* indices = blocks + 2;
        for (int group = 0; group < Groups; group++)
        {
            uint signsAndScale = *(uint*)(blocks + SignsStart + (4 * group));
            CodebookPanel<IQ3_XXS>.StoreScale((int)(signsAndScale >> 28), group, row, chunk);
            for (int l = 0; l < 4; l++, indices += 2, signsAndScale >>= EvenSigns.Bits)
            {
                uint codes = entries[indices[0]] | (entries[indices[1]] << 4);
                int signs = EvenSigns.Unpack((int)signsAndScale & EvenSigns.Mask);
                CodebookPanel<IQ3_XXS>.StoreCodes(codes, signs, (4 * group) + l, row, chunk);
            }
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => CodebookPanel<IQ3_XXS>.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => CodebookPanel<IQ3_XXS>.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
