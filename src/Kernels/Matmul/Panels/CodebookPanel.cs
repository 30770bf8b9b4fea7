using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// What the codebook types share. Looking up entries of a codebook is no work for an inner kernel: when packed, they become codes of their
/// values, three or four bits a weight, and a table of sixteen bytes gives the values back in registers. A panel chunk of 256 columns (one
/// superblock of 16 rows):
/// <code>
///   0   16 halves       d, rows 0..15
///  32   8 or 16 x 16    scales of group g, rows 0..15
/// 160   32 bytes        nothing, so that lines start on a cache line (288 where there are 16 groups)
/// 192   8 x 3 or 4      lines of 32 columns (320 where there are 16 groups), see <see cref="ThreeBitCodes"/> and <see cref="NibbleCodes"/>
/// </code>
/// </summary>
internal static unsafe class CodebookPanel<TFormat, TLines>
    where TFormat : struct, ICodebookFormat
    where TLines : struct, ICodebookLines
{
    /// <summary>Columns of a chunk.</summary>
    public const int Columns = 256;

    private const int ScalesAt = 32;
    private const int LineColumns = 32;

    /// <summary>Where the lines start.</summary>
    public static int LinesAt
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ScalesAt + (Columns / TFormat.GroupColumns * 16) + 63) / 64 * 64;
    }

    /// <summary>Bytes of a chunk.</summary>
    public static int Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => LinesAt + (Columns / LineColumns * TLines.Bytes);
    }

    /// <summary>The form in which activations meet the type.</summary>
    public static ActivationLayout Activations => new(Columns, Columns, TFormat.SumColumns, GroupCorrection.Pair, TFormat.Zero, false);

    /// <summary>Stores d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStep(ushort d, int row, byte* chunk) => *(ushort*)(chunk + (2 * row)) = d;

    /// <summary>Stores the scale <c>2 s + 1</c> of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScale(int s, int group, int row, byte* chunk) => chunk[ScalesAt + (16 * group) + row] = (byte)((2 * s) + 1);

    /// <summary>Stores 32 columns; see <see cref="ICodebookLines.PackRow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreColumns(uint first, uint second, uint third, uint fourth, uint flags, int part, int row, byte* chunk)
        => TLines.PackRow(first, second, third, fourth, flags, row, chunk + LinesAt + (TLines.Bytes * part));

    /// <summary>Reads one row of a chunk back.</summary>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        float step = Half16.ToSingle(BitConverter.ToUInt16(chunk[(2 * row)..])) * TFormat.Step;
        for (int column = 0; column < Columns; column++)
        {
            int scale = chunk[ScalesAt + (16 * (column / TFormat.GroupColumns)) + row];
            int code = TLines.Unpack(chunk[(LinesAt + (TLines.Bytes * (column / LineColumns)))..], row, column % LineColumns);
            weights[column] = step * scale * (TFormat.Values[code] - TFormat.Zero);
        }
    }

    /// <summary>accumulators += chunk x activations; the sums of a superblock are whole numbers until its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TRung, TTile>(byte* chunk, byte* x, ref TTile accumulators)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        // Values are literals of bytes, which lie in the assembly's data and never move.
        var table = TRung.LoadTable((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(TFormat.Values)));
        var totals = accumulators.NewSums();
        byte* scales = chunk + ScalesAt;
        byte* lines = chunk + LinesAt;
        for (int part = 0; part < Columns / LineColumns; part++, lines += TLines.Bytes)
        {
            TLines.ScaleAdd<TRung, TTile, TFormat>(lines, scales, table, x, ref totals);
            scales += LineColumns / TFormat.GroupColumns * 16;
            x += (LineColumns + (LineColumns / TFormat.SumColumns * 4)) * TTile.Tokens;
        }

        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk) * TRung.Broadcast(TFormat.Step), x, 0);
    }
}
