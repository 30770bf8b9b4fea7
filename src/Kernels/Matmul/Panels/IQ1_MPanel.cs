using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;
using Hearth.Kernels.Matmul;
using Entries = Hearth.Kernels.Matmul.CodebookEntries<Hearth.Kernels.Formats.IQ1_M>;
using Panel = Hearth.Kernels.Matmul.CodebookPanel<Hearth.Kernels.Formats.IQ1_M, Hearth.Kernels.Matmul.ThreeBitCodes>;

namespace Hearth.Kernels.Formats;

/// <content>Panel chunk of 256 columns: see <see cref="CodebookPanel{TFormat, TLines}"/>. Values are eight times -1, 0 and 1, with 1 more or 1 less.</content>
public readonly unsafe partial struct IQ1_M : IPanelKernel, ICodebookFormat
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

    static int ICodebookFormat.GroupColumns => 16;

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
        var scales = (ushort*)(blocks + ScalesStart);
        int step = (scales[0] >> 12) | (scales[1] >> 12 << 4) | (scales[2] >> 12 << 8) | (scales[3] >> 12 << 12);
        Panel.StoreStep((ushort)step, row, chunk);
        for (int group = 0; group < Groups; group++)
            Panel.StoreScale((scales[group / 4] >> (3 * (group % 4))) & 7, group, row, chunk);
        byte* indices = blocks;
        for (int part = 0; part < Vectors / 4; part++, indices += 4)
        {
            int high = *(ushort*)(blocks + HighStart + (2 * part));
            Panel.StoreColumns(
                entries[indices[0] | ((high << 8) & 0x700)],
                entries[indices[1] | ((high << 4) & 0x700)],
                entries[indices[2] | (high & 0x700)],
                entries[indices[3] | ((high >> 4) & 0x700)],
                ShiftBytes((uint)high),
                part,
                row,
                chunk);
        }

        // Bits 3, 7, 11 and 15, each as a byte of eight.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static uint ShiftBytes(uint high)
            => (((high >> 3) & 1) | ((high << 1) & 0x100) | ((high << 5) & 0x1_0000) | ((high << 9) & 0x100_0000)) * 0xFF;
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
        => Panel.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => Panel.Multiply<TRung, TTile>(chunk, activations, ref accumulators);
}
