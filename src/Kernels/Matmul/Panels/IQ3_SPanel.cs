using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;
using Entries = Hearth.Kernels.Matmul.CodebookEntries<Hearth.Kernels.Formats.IQ3_S>;
using Panel = Hearth.Kernels.Matmul.CodebookPanel<Hearth.Kernels.Formats.IQ3_S, Hearth.Kernels.Matmul.NibbleCodes>;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat, TLines}"/>. Values are the odd numbers up to 15 and their negatives.</content>
public readonly unsafe partial struct IQ3_S : IPanelKernel, ICodebookFormat
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
        var entries = Entries.Numbers;
        Panel.StoreStep(*(ushort*)blocks, row, chunk);
        for (int group = 0; group < Groups; group++)
            Panel.StoreScale((blocks[ScalesStart + (group / 2)] >> (4 * (group % 2))) & 15, group, row, chunk);
        byte* indices = blocks + 2;
        for (int group = 0; group < Groups; group++, indices += 8)
        {
            int high = blocks[HighStart + group] << 8;
            Panel.StoreColumns(
                Pair(entries, indices, high),
                Pair(entries, indices + 2, high >> 2),
                Pair(entries, indices + 4, high >> 4),
                Pair(entries, indices + 6, high >> 6),
                *(uint*)(blocks + SignsStart + (4 * group)),
                group,
                row,
                chunk);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static uint Pair(uint[] entries, byte* indices, int high)
            => entries[indices[0] | (high & 0x100)] | (entries[indices[1] | ((high >> 1) & 0x100)] << 4);
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => Panel.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => Panel.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
