using Hearth.Kernels.Formats;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// A weight matrix in the order in which kernels read it: panels of 16 rows, interleaved by columns, chunk after chunk. Immutable once
/// packed, and shared by threads; but one that was made <see cref="Vacant"/> has panels only while its owner lends it memory.
/// </summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Rows of a panel.</summary>
    public const int PanelRows = 16;

    // Below this a huge page would be mostly empty.
    private const long HugePageThreshold = 1 << 20;

    private AlignedBuffer? buffer;
    private byte* panels;

    private PackedMatrix(PanelKernel kernel, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(columns % kernel.BlockWeights, 0, nameof(columns));
        Kernel = kernel;
        Rows = rows;
        Columns = columns;
        PanelCount = (rows + PanelRows - 1) / PanelRows;
        PanelBytes = kernel.PanelBytes(columns);
    }

    /// <summary>The kernel that multiplies with this matrix.</summary>
    public PanelKernel Kernel { get; }

    /// <summary>The block type.</summary>
    public WeightType Type => Kernel.Type;

    /// <summary>Rows: outputs.</summary>
    public int Rows { get; }

    /// <summary>Columns: inputs.</summary>
    public int Columns { get; }

    /// <summary>Panels of 16 rows, the last one padded with zeros.</summary>
    public int PanelCount { get; }

    /// <summary>Bytes of one panel.</summary>
    public long PanelBytes { get; }

    /// <summary>Bytes in all: what one token reads.</summary>
    public long Bytes => PanelBytes * PanelCount;

    /// <summary>Packs a matrix, panels in parallel.</summary>
    /// <param name="kernel">The kernel of the matrix's block type.</param>
    /// <param name="source">Rows of blocks, one after another; only read during the call.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, a multiple of the block's weights, at least 1.</param>
    /// <param name="pool">The workers.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1, or the columns do not divide into blocks.</exception>
    public static PackedMatrix Pack(PanelKernel kernel, byte* source, int rows, int columns, WorkerPool pool)
    {
        var matrix = Vacant(kernel, rows, columns);
        long bytes = BytesOf(kernel, rows, columns);
        matrix.buffer = new AlignedBuffer(bytes, hugePages: bytes >= HugePageThreshold, zeroed: false);
        matrix.Fill(matrix.buffer.Address, (nint)source, pool);
        return matrix;
    }

    /// <summary>Packs a matrix, panels in parallel; the source is given by its address.</summary>
    /// <inheritdoc cref="Pack(PanelKernel, byte*, int, int, WorkerPool)"/>
    public static PackedMatrix Pack(PanelKernel kernel, nint source, int rows, int columns, WorkerPool pool)
        => Pack(kernel, (byte*)source, rows, columns, pool);

    /// <summary>Packs a matrix that lies in managed memory.</summary>
    /// <inheritdoc cref="Pack(PanelKernel, byte*, int, int, WorkerPool)"/>
    /// <exception cref="ArgumentException">The source is shorter than the matrix.</exception>
    public static PackedMatrix Pack(PanelKernel kernel, ReadOnlySpan<byte> source, int rows, int columns, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        if (source.Length < (long)columns / kernel.BlockWeights * kernel.BlockBytes * rows)
            throw new ArgumentException($"{source.Length} bytes are no {rows} x {columns} matrix of {kernel.Type}.", nameof(source));
        fixed (byte* first = source)
            return Pack(kernel, first, rows, columns, pool);
    }

    /// <summary>Takes panels that lie in memory already.</summary>
    /// <param name="kernel">The kernel of the matrix's block type.</param>
    /// <param name="address">The first panel, on a cache line of its own: <see cref="BytesOf"/> bytes that live as long as the matrix is used.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, a multiple of the block's weights, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1, or the columns do not divide into blocks.</exception>
    public static PackedMatrix Map(PanelKernel kernel, nint address, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfZero(address);
        return new PackedMatrix(kernel, rows, columns) { panels = (byte*)address };
    }

    /// <summary>A matrix without panels: it can be multiplied from each <see cref="Fill"/> to the next <see cref="Vacate"/>.</summary>
    /// <param name="kernel">The kernel of the matrix's block type.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, a multiple of the block's weights, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1, or the columns do not divide into blocks.</exception>
    public static PackedMatrix Vacant(PanelKernel kernel, int rows, int columns) => new(kernel, rows, columns);

    /// <summary>Bytes of a matrix's panels.</summary>
    public static long BytesOf(PanelKernel kernel, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return checked(kernel.PanelBytes(columns) * ((rows + PanelRows - 1L) / PanelRows));
    }

    /// <summary>Packs into memory that the caller owns, panels in parallel. Nobody may multiply meanwhile.</summary>
    /// <param name="memory">On a cache line of its own: <see cref="BytesOf"/> bytes that nobody else uses before <see cref="Vacate"/>.</param>
    /// <param name="source">Rows of blocks, one after another; only read during the call.</param>
    /// <param name="pool">The workers.</param>
    public void Fill(nint memory, nint source, WorkerPool pool)
    {
        ArgumentOutOfRangeException.ThrowIfZero(memory);
        ArgumentNullException.ThrowIfNull(pool);
        panels = (byte*)memory;
        int chunks = Math.Min(PanelCount, 8 * pool.Threads);
        var region = new PackRegion(this, (byte*)source, chunks);
        pool.Run(ref region, chunks);
    }

    /// <summary>Takes the panels away, whose memory serves others from here on.</summary>
    public void Vacate() => panels = null;

    /// <summary>Writes the panels as they are.</summary>
    public void CopyTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        for (int panel = 0; panel < PanelCount; panel++)
            stream.Write(new ReadOnlySpan<byte>(Panel(panel), checked((int)PanelBytes)));
    }

    /// <summary>Reads a row back as floats.</summary>
    /// <param name="row">The row.</param>
    /// <param name="weights">Receives <see cref="Columns"/> values.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void DecodeRow(int row, Span<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        Kernel.DecodeRow(Panel(row / PanelRows), row % PanelRows, weights[..Columns]);
    }

    /// <inheritdoc/>
    public void Dispose() => buffer?.Dispose();

    internal byte* Panel(int index)
    {
        if (panels == null)
            ThrowVacant();
        return panels + (index * PanelBytes);
    }

    private void ThrowVacant()
        => throw new InvalidOperationException($"The panels of a {Rows} x {Columns} matrix of {Type} are not in memory.");

    private readonly struct PackRegion(PackedMatrix matrix, byte* source, int chunks) : IParallelRegion
    {
        private readonly byte* source = source;

        public void Run(int chunk, int worker)
        {
            var kernel = matrix.Kernel;
            long rowBytes = (long)matrix.Columns / kernel.BlockWeights * kernel.BlockBytes;
            var panels = ChunkRange.Of(matrix.PanelCount, chunk, chunks);
            for (int panel = panels.Start; panel < panels.End; panel++)
            {
                int firstRow = panel * PanelRows;
                int rows = Math.Min(PanelRows, matrix.Rows - firstRow);
                kernel.PackPanel(source + (firstRow * rowBytes), rows, matrix.Columns, matrix.Panel(panel));
            }
        }
    }
}
