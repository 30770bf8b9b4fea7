using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// A weight matrix whose rows lie one after another, as files have them, so that a row can be read, or not, by itself. Multiplied whole it gives the bytes
/// of a <see cref="PackedMatrix"/>. Immutable and shared by threads.
/// </summary>
public sealed unsafe class RowMatrix : IDisposable
{
    private readonly AlignedBuffer buffer;

    /// <summary>Copies a matrix.</summary>
    /// <param name="kernel">The kernel of the matrix's block type.</param>
    /// <param name="source">Rows of blocks, one after another; only read during the call.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, a multiple of the block's weights, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1, or the columns do not divide into blocks.</exception>
    public RowMatrix(PanelKernel kernel, nint source, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfZero(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(columns % kernel.BlockWeights, 0, nameof(columns));
        Kernel = kernel;
        Rows = rows;
        Columns = columns;
        RowBytes = (long)columns / kernel.BlockWeights * kernel.BlockBytes;
        buffer = new AlignedBuffer(checked(rows * RowBytes), hugePages: rows * RowBytes >= AlignedBuffer.HugePageBytes / 2, zeroed: false);
        Buffer.MemoryCopy((void*)source, buffer.Pointer, buffer.Length, buffer.Length);
    }

    /// <summary>The kernel that multiplies with this matrix.</summary>
    public PanelKernel Kernel { get; }

    /// <summary>Rows: outputs.</summary>
    public int Rows { get; }

    /// <summary>Columns: inputs.</summary>
    public int Columns { get; }

    /// <summary>Bytes of one row.</summary>
    public long RowBytes { get; }

    /// <summary>Bytes of all rows.</summary>
    public long Bytes => buffer.Length;

    internal byte* Pointer => buffer.Pointer;

    /// <inheritdoc/>
    public void Dispose() => buffer.Dispose();
}
