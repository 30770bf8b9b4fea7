using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;
using Entries = Hearth.Kernels.Matmul.CodebookEntries<Hearth.Kernels.Formats.IQ3_XXS>;
using Panel = Hearth.Kernels.Matmul.CodebookPanel<Hearth.Kernels.Formats.IQ3_XXS, Hearth.Kernels.Matmul.NibbleCodes>;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat, TLines}"/>. Values are 4, 12, 20 to 52 and 62 and their negatives.</content>
public readonly unsafe partial struct IQ3_XXS : IPanelKernel, ICodebookFormat
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
        var entries = Entries.Numbers;
        Panel.StoreStep(*(ushort*)blocks, row, chunk);
        byte* indices = blocks + 2;
        for (int group = 0; group < Groups; group++, indices += 8)
        {
            uint signsAndScale = *(uint*)(blocks + SignsStart + (4 * group));
            Panel.StoreScale((int)(signsAndScale >> 28), group, row, chunk);
            Panel.StoreColumns(
                entries[indices[0]] | (entries[indices[1]] << 4),
                entries[indices[2]] | (entries[indices[3]] << 4),
                entries[indices[4]] | (entries[indices[5]] << 4),
                entries[indices[6]] | (entries[indices[7]] << 4),
                EvenSigns.UnpackFour(signsAndScale),
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
