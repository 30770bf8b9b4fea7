using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;
using Entries = Hearth.Kernels.Matmul.CodebookEntries<Hearth.Kernels.Formats.IQ2_S>;
using Panel = Hearth.Kernels.Matmul.CodebookPanel<Hearth.Kernels.Formats.IQ2_S, Hearth.Kernels.Matmul.ThreeBitCodes>;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat, TLines}"/>. Values are 8, 25 and 43 and their negatives.</content>
public readonly unsafe partial struct IQ2_S : IPanelKernel, ICodebookFormat
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

    static Codebook ICodebookFormat.Codebook => Codebook.Iq2S;

    static int ICodebookFormat.GroupColumns => 16;

    static int ICodebookFormat.SumColumns => 8;

    static float ICodebookFormat.Step => 0.125f;

    static int ICodebookFormat.Zero => 43;

    static ReadOnlySpan<byte> ICodebookFormat.Values => [51, 68, 86, 43, 35, 18, 0, 43, 51, 68, 86, 43, 35, 18, 0, 43];

    static int ICodebookFormat.Value(sbyte number) => number;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var entries = Entries.Numbers;
        Panel.StoreStep(*(ushort*)blocks, row, chunk);
        for (int group = 0; group < Groups; group++)
            Panel.StoreScale((blocks[ScalesStart + (group / 2)] >> (4 * (group % 2))) & 15, group, row, chunk);
        byte* indices = blocks + 2;
        for (int part = 0; part < Vectors / 4; part++, indices += 4)
        {
            int high = blocks[HighStart + part];
            Panel.StoreColumns(
                entries[indices[0] | ((high & 3) << 8)],
                entries[indices[1] | ((high & 12) << 6)],
                entries[indices[2] | ((high & 48) << 4)],
                entries[indices[3] | ((high & 192) << 2)],
                *(uint*)(blocks + SignsStart + (4 * part)),
                part,
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
