using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Dot products of full-range weights, signed bytes biased by 128: one wide sum per token where a rung multiplies bytes in one
/// instruction, else the narrow sums of the low and of the high nibbles. The start is the correction pair of zero point 8, since
/// biased byte - 128 = low nibble + 16 x (high nibble - 8); so all blocks of 32 share one form of activations.
/// </summary>
/// <remarks>Nibbles need two multiplies and one activation load where 16-bit products need two multiplies and two loads twice as wide.</remarks>
internal unsafe struct WideSums<TRung, TTile>
    where TRung : unmanaged, IRung<TRung>
    where TTile : unmanaged, ITile<TTile, TRung>
{
    private TTile low;
    private TTile high;

    /// <summary>Starts with one correction pair per token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideSums<TRung, TTile> Start(byte* corrections, nint offset)
    {
        WideSums<TRung, TTile> sums;
        sums.low = TRung.HasByteDot ? TTile.StartWide(corrections, offset) : TTile.Zero;
        sums.high = TRung.HasByteDot ? TTile.Zero : TTile.StartDot(corrections, offset);
        return sums;
    }

    /// <summary>Adds one line times each token's quad.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dot(TRung line, byte* quads, nint offset)
    {
        if (TRung.HasByteDot)
        {
            low.DotWide(line, quads, offset);
        }
        else
        {
            var nibble = TRung.BroadcastByte(15);
            low.Dot(TRung.And(line, nibble), quads, offset);
            high.Dot(TRung.ShiftRight(line, 4, nibble), quads, offset);
        }
    }

    /// <summary>The sums as 32-bit integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TTile ToInt32() => TRung.HasByteDot ? low : TTile.JoinNibbles(low, high);
}
