using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// What the ternary types share, a panel chunk of 256 columns, 1088 bytes (one superblock of 16 rows):
/// <code>
///  0  16 halves  d, rows 0..15
/// 32  32 bytes   nothing, so that lines start on a cache line
/// 64  16 lines   see <see cref="TwoBitLines"/>
/// </code>
/// A superblock is one group: its codes meet nothing but additions of 16 bits.
/// </summary>
internal static unsafe class TernaryPanel
{
    public const int Columns = 256;
    public const int LinesAt = 64;
    public const int Bytes = LinesAt + (Columns / 16 * 64);

    public static ActivationLayout Activations => new(Columns, Columns, Columns, GroupCorrection.Pair, TwoBitLines.Zero, false);

    /// <summary>Stores the codes of a group of 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(uint quads, int group, int row, byte* chunk) => *(uint*)(chunk + LinesAt + (64 * group) + (4 * row)) = quads;

    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[(2 * row)..]));
        for (int column = 0; column < Columns; column++)
            weights[column] = TwoBitLines.Unpack(chunk[LinesAt..], row, column) * d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TRung, TTile>(byte* chunk, byte* x, ref TTile accumulators)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var sums = accumulators.StartDot(x, Columns * TTile.Tokens);
        TwoBitLines.Dot<TRung, TTile>(chunk + LinesAt, Bytes - LinesAt, x, ref sums);
        accumulators.AccumulateNarrow(sums, TRung.LoadHalf((ushort*)chunk), x, (Columns + 4) * TTile.Tokens);
    }
}
