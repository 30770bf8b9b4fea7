using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Sparse;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Sparsity;

/// <summary>Fills a plane with the signs of a file's tensor, workers in parallel.</summary>
internal static class SignRows
{
    private const int RowsPerChunk = 64;

    /// <summary>Fills all rows.</summary>
    /// <param name="plane">The plane.</param>
    /// <param name="tensor">The tensor; its shape has been checked.</param>
    /// <param name="format">Its block type.</param>
    /// <param name="pool">The workers.</param>
    public static void Fill(SignPlane plane, GgufTensor tensor, WeightFormat format, WorkerPool pool)
    {
        var region = new Region(plane, tensor, format);
        pool.Run(ref region, (plane.Rows + (RowsPerChunk - 1)) / RowsPerChunk);
    }

    private readonly struct Region(SignPlane plane, GgufTensor tensor, WeightFormat format) : IParallelRegion
    {
        public void Run(int chunk, int worker)
        {
            float[] weights = new float[plane.Columns];
            long rowBytes = format.RowBytes(plane.Columns);
            for (int row = chunk * RowsPerChunk; row < Math.Min((chunk + 1) * RowsPerChunk, plane.Rows); row++)
            {
                format.Decode(tensor.Slice(row * rowBytes, rowBytes), weights);
                plane.PackRow(row, weights);
            }
        }
    }
}
