using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Models;

/// <summary>One of the equal matrices of a tensor, where it lies in the model's file.</summary>
/// <param name="tensor">The tensor.</param>
/// <param name="index">Which of its matrices.</param>
/// <param name="count">How many it has.</param>
internal sealed class FileMatrix(GgufTensor tensor, int index, int count)
{
    private readonly long bytes = tensor.ByteLength / count;

    private long Start => bytes * index;

    /// <summary>Asks the system to read the matrix ahead of its use. Advice only.</summary>
    public void Prefetch() => tensor.Prefetch(Start, bytes);

    /// <summary>Packs the matrix into memory of its own.</summary>
    public PackedMatrix Pack(PanelKernel kernel, int rows, int columns, WorkerPool pool)
    {
        var matrix = PackedMatrix.Pack(kernel, tensor.Address + (nint)Start, rows, columns, pool);
        tensor.Release(Start, bytes);
        return matrix;
    }

    /// <summary>Packs the matrix into somebody's memory.</summary>
    public void Fill(PackedMatrix matrix, nint memory, WorkerPool pool)
    {
        matrix.Fill(memory, tensor.Address + (nint)Start, pool);
        tensor.Release(Start, bytes);
    }
}
