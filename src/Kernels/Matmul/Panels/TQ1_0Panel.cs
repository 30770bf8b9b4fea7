using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 256 columns: see <see cref="TernaryPanel"/>. The digits of base 3 are taken apart when packed, since a kernel would spend
/// more on them than on its products: 2.1 bits a weight in place of 1.7.
/// </content>
public readonly unsafe partial struct TQ1_0 : IPanelKernel
{
    /// <inheritdoc/>
    public static int ChunkColumns => TernaryPanel.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => TernaryPanel.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => TernaryPanel.LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => TernaryPanel.Activations;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        *(ushort*)(chunk + (2 * row)) = *(ushort*)(blocks + StepStart);
        ushort power = 1;
        for (int digit = 0; digit < 5; digit++, power *= 3)
        {
            var powers = Vector256.Create(power);
            TernaryPanel.Store(Digits(Vector128.Load(blocks), powers), 2 * digit, row, chunk);
            TernaryPanel.Store(Digits(Vector128.Load(blocks + 16), powers), (2 * digit) + 1, row, chunk);
            TernaryPanel.Store(Digits(Vector128.Load(blocks + 32), powers), 10 + digit, row, chunk);
        }

        var firstToFourth = Vector256.Create((ushort)1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27);
        TernaryPanel.Store(Digits(Vector128.Create(*(uint*)(blocks + 48)).AsByte(), firstToFourth), 15, row, chunk);
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights) => TernaryPanel.DecodeRow(chunk, row, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => TernaryPanel.Multiply<TRung, TTile>(chunk, activations, ref accumulators);

    /// <summary>One digit of each of 16 bytes, as the row's dword of a line; 3 to the power of its number chooses the digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Digits(Vector128<byte> bytes, Vector256<ushort> powers)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        var fractions = (Vector256.Create(low, high) * powers) & Vector256.Create((ushort)0xFF);
        var digits = (fractions * 3) >> 8;
        var quads = Vector128.Narrow(digits.GetLower(), digits.GetUpper()).AsUInt32();
        return quads[0] | (quads[1] << 2) | (quads[2] << 4) | (quads[3] << 6);
    }
}
