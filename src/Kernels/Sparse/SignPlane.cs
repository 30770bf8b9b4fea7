using System.Numerics;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// The signs of a matrix, a bit a weight: what <see cref="SignKernel"/> guesses the signs of its products from. Panels of sixteen rows of lines that have
/// 32 columns of each row, and for each row the number of its negative weights. Immutable once filled, and shared by threads.
/// </summary>
/// <remarks>A weight that is zero takes a side by lot, the same in each process: if all took one side, rows with many of them would be misjudged.</remarks>
public sealed unsafe class SignPlane : IDisposable
{
    /// <summary>Columns of a line.</summary>
    internal const int LineColumns = 32;

    private const int LineBytes = PackedMatrix.PanelRows * sizeof(uint);

    private readonly AlignedBuffer buffer;
    private readonly long countsAt;

    /// <summary>A plane to be filled row by row; before that all weights are positive.</summary>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1.</exception>
    public SignPlane(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Rows = rows;
        Columns = columns;
        countsAt = Panels * PanelBytes;
        buffer = new AlignedBuffer(BytesOf(rows, columns), hugePages: countsAt >= AlignedBuffer.HugePageBytes / 2);
    }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>All bytes, of which a token reads each once.</summary>
    public long Bytes => buffer.Length;

    internal int Panels => PanelsOf(Rows);

    internal int Lines => LinesOf(Columns);

    internal long PanelBytes => (long)Lines * LineBytes;

    internal byte* Pointer => buffer.Pointer;

    /// <summary>Negative weights of each row.</summary>
    internal int* Counts => (int*)(buffer.Pointer + countsAt);

    /// <summary>What a plane takes.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static long BytesOf(int rows, int columns)
        => checked(PanelsOf(rows) * (((long)LinesOf(columns) * LineBytes) + (PackedMatrix.PanelRows * sizeof(int))));

    /// <summary>Packs the signs of one row. Different rows may be packed by different threads.</summary>
    /// <param name="row">Which one.</param>
    /// <param name="weights">Its weights, all of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or it has another length.</exception>
    public void PackRow(int row, ReadOnlySpan<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, Columns, nameof(weights));
        uint* words = (uint*)(buffer.Pointer + (row / PackedMatrix.PanelRows * PanelBytes)) + (row % PackedMatrix.PanelRows);
        int negative = 0;
        for (int line = 0; line < Lines; line++)
        {
            int first = line * LineColumns;
            uint signs = SignsOf(weights[first..Math.Min(first + LineColumns, Columns)], Lot(row + 1, line));
            words[line * PackedMatrix.PanelRows] = signs;
            negative += BitOperations.PopCount(signs);
        }

        Counts[row] = negative;
    }

    /// <summary>A bit for each of up to 32 values, set where it is negative; where it is zero, that of a lot.</summary>
    internal static uint SignsOf(ReadOnlySpan<float> values, uint lot)
    {
        uint signs = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] < 0 || (values[i] == 0 && ((lot >> i) & 1) != 0))
                signs |= 1u << i;
        }

        return signs;
    }

    /// <summary>Thirty-two bits that look random, of a row, or of the input, which is row 0, and a line.</summary>
    internal static uint Lot(int row, int line)
    {
        uint mixed = ((uint)row * 0x9E3779B1u) ^ ((uint)line * 0x85EBCA77u);
        mixed = (mixed ^ (mixed >> 16)) * 0x7FEB352Du;
        mixed = (mixed ^ (mixed >> 15)) * 0x846CA68Bu;
        return mixed ^ (mixed >> 16);
    }

    /// <inheritdoc/>
    public void Dispose() => buffer.Dispose();

    private static int PanelsOf(int rows) => (rows + (PackedMatrix.PanelRows - 1)) / PackedMatrix.PanelRows;

    private static int LinesOf(int columns) => (columns + (LineColumns - 1)) / LineColumns;
}
