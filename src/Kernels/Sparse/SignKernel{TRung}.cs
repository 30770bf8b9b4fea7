using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// Bits are counted by the nibble, from a table: no rung names an instruction that counts them in 64 bytes. The dot product with ones then adds up a row's
/// four bytes.
/// </summary>
internal sealed unsafe class SignKernel<TRung> : SignKernel
    where TRung : unmanaged, IRung<TRung>
{
    // Of each line a half of a narrow sum gets at most 8, and it holds 16 bits.
    private const int GroupLines = 1024;
    private const int LineBytes = 64;

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    public override void Count(byte* panels, int count, int lines, byte* input, int* both)
    {
        byte* bits = stackalloc byte[] { 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4 };
        byte* ones = stackalloc byte[] { 1, 1, 1, 1 };
        var table = TRung.LoadTable(bits);
        var scale = TRung.BroadcastScale(1);
        for (byte* line = panels; count > 0; count--, both += PackedMatrix.PanelRows)
        {
            byte* signs = input;
            var total = TRung.Zero;
            for (int left = lines; left > 0; left -= GroupLines)
            {
                var low = TRung.StartDot(0);
                var high = TRung.StartDot(0);
                for (byte* end = line + (Math.Min(left, GroupLines) * LineBytes); line < end; line += LineBytes, signs += InputLineBytes)
                {
                    var negative = TRung.And(TRung.LoadLine(line), TRung.LoadTable(signs));
                    low = TRung.Dot(low, TRung.Lookup(table, negative), ones);
                    high = TRung.Dot(high, TRung.Lookup(table, TRung.ShiftRight(negative, 4)), ones);
                }

                total = TRung.ScaleAdd(TRung.ScaleAdd(total, low, scale), high, scale);
            }

            TRung.Store(total, (float*)both);
        }
    }
}
