using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// What the codebook types share. Indices into a codebook are no fare for an inner kernel: when packed, entries become the codes of their
/// values, four bits a weight in place of some two, and a table of sixteen bytes gives the values back in registers. A panel chunk of 256
/// columns (one superblock of 16 rows), 2240 bytes where 32 columns share a scale, 2368 where 16 do:
/// <code>
///   0   16 halves            d, rows 0..15
///  32   8 or 16 x 16         scales of group g, rows 0..15
/// 160   32 bytes             nothing, so that lines start on a cache line (288 where there are 16 groups)
/// 192   32 lines (from 320)  byte 4r + j of line i: low nibble = column 8i + j, high nibble = column 8i + 4 + j of row r
/// </code>
/// </summary>
internal static unsafe class CodebookPanel<TFormat>
    where TFormat : struct, ICodebookFormat
{
    /// <summary>Columns of a chunk.</summary>
    public const int Columns = 256;

    private const int ScalesAt = 32;
    private const int LineBytes = Columns / 8 * 64;

    /// <summary>Where the lines start.</summary>
    public static int LinesAt
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ScalesAt + (Columns / TFormat.GroupColumns * 16) + 63) / 64 * 64;
    }

    /// <summary>Bytes of a chunk.</summary>
    public static int Bytes => LinesAt + LineBytes;

    /// <summary>The form in which activations meet the type.</summary>
    public static ActivationLayout Activations => new(Columns, Columns, TFormat.SumColumns, GroupCorrection.Pair, TFormat.Zero, false);

    /// <summary>Stores d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStep(ushort d, int row, byte* chunk) => *(ushort*)(chunk + (2 * row)) = d;

    /// <summary>Stores the scale <c>2 s + 1</c> of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScale(int s, int group, int row, byte* chunk) => chunk[ScalesAt + (16 * group) + row] = (byte)((2 * s) + 1);

    /// <summary>Stores the codes of eight columns.</summary>
    /// <param name="codes">Bit 3 of each clear.</param>
    /// <param name="signs">Bit 3 of each, that of the first column in the lowest bit.</param>
    /// <param name="line">The columns' number.</param>
    /// <param name="row">The row.</param>
    /// <param name="chunk">The chunk.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreCodes(uint codes, int signs, int line, int row, byte* chunk)
    {
        *(uint*)(chunk + LinesAt + (64 * line) + (4 * row)) = codes | (BitOfEachByte(signs & 15) << 3) | (BitOfEachByte(signs >> 4) << 7);

        // Four copies of the bits, seven apart: bit i of copy i is the lowest of byte i.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static uint BitOfEachByte(int bits) => ((uint)bits * 0x0020_4081) & 0x0101_0101;
    }

    /// <summary>Reads one row of a chunk back.</summary>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        float step = Half16.ToSingle(BitConverter.ToUInt16(chunk[(2 * row)..])) * TFormat.Step;
        for (int column = 0; column < Columns; column++)
        {
            int scale = chunk[ScalesAt + (16 * (column / TFormat.GroupColumns)) + row];
            byte pair = chunk[LinesAt + (64 * (column / 8)) + (4 * row) + (column % 4)];
            int code = (pair >> (column % 8 / 4 * 4)) & 15;
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
        var nibble = TRung.BroadcastByte(15);
        var totals = TTile.Zero;
        byte* scales = chunk + ScalesAt;
        byte* lines = chunk + LinesAt;
        for (byte* chunkEnd = lines + LineBytes; lines < chunkEnd; scales += 16)
        {
            var groupScales = TRung.LoadScales(scales);
            for (byte* groupEnd = lines + (8 * TFormat.GroupColumns); lines < groupEnd; x += 4 * TTile.Tokens)
            {
                var sums = TTile.StartDot(x, TFormat.SumColumns * TTile.Tokens);
                for (byte* sumEnd = lines + (8 * TFormat.SumColumns); lines < sumEnd; lines += 64, x += 8 * TTile.Tokens)
                {
                    var both = TRung.LoadLine(lines);
                    sums.Dot(TRung.Lookup(table, TRung.And(both, nibble)), x, 0);
                    sums.Dot(TRung.Lookup(table, TRung.ShiftRight(both, 4, nibble)), x, 4 * TTile.Tokens);
                }

                totals.ScaleAdd(sums, groupScales);
            }
        }

        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk) * TRung.Broadcast(TFormat.Step), x, 0);
    }
}
