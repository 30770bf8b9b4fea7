using Hearth.Kernels.Memory;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// A weight matrix that lies input by input: row j has the weights of input j, one for each output, so that an input which is zero saves reading its row.
/// Immutable once filled, and shared by threads.
/// </summary>
public sealed unsafe class InputMatrix : IDisposable
{
    private readonly AlignedBuffer buffer;

    /// <summary>A matrix to be filled row by row.</summary>
    /// <param name="kernel">The kernel of its block type.</param>
    /// <param name="inputs">Rows, at least 1.</param>
    /// <param name="outputs">Columns, whole blocks, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1, or the outputs do not divide into blocks.</exception>
    public InputMatrix(InputKernel kernel, int inputs, int outputs)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputs % kernel.BlockWeights, 0, nameof(outputs));
        Kernel = kernel;
        Inputs = inputs;
        Outputs = outputs;
        RowBytes = kernel.RowBytes(outputs);
        buffer = new AlignedBuffer(checked(RowBytes * inputs), hugePages: RowBytes * inputs >= AlignedBuffer.HugePageBytes / 2, zeroed: false);
    }

    /// <summary>The kernel that multiplies with this matrix.</summary>
    public InputKernel Kernel { get; }

    /// <summary>Rows.</summary>
    public int Inputs { get; }

    /// <summary>Columns.</summary>
    public int Outputs { get; }

    /// <summary>Bytes of one row.</summary>
    public long RowBytes { get; }

    /// <summary>Bytes of all rows.</summary>
    public long Bytes => buffer.Length;

    internal byte* Pointer => buffer.Pointer;

    /// <summary>Packs one row. Different rows may be packed by different threads.</summary>
    /// <param name="input">Which one.</param>
    /// <param name="blocks">The row's blocks, all of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or its blocks are not as many.</exception>
    public void PackRow(int input, ReadOnlySpan<byte> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(blocks.Length, Kernel.FileRowBytes(Outputs), nameof(blocks));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)input, (uint)Inputs, nameof(input));
        fixed (byte* source = blocks)
            Kernel.PackRow(source, Outputs, buffer.Pointer + (input * RowBytes));
    }

    /// <inheritdoc/>
    public void Dispose() => buffer.Dispose();
}
