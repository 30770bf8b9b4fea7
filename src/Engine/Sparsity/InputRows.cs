using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Sparse;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Sparsity;

/// <summary>Fills a matrix that lies input by input from a file's tensor, whichever way that one lies, workers in parallel.</summary>
internal static class InputRows
{
    // A multiple of every type's block: so many inputs are decoded of each output before they are turned around.
    private const int StripInputs = 256;

    /// <summary>Fills all rows.</summary>
    /// <param name="matrix">The matrix, of <paramref name="format"/>.</param>
    /// <param name="tensor">The tensor; its shape has been checked.</param>
    /// <param name="source">Its block type.</param>
    /// <param name="format">The matrix's block type.</param>
    /// <param name="isTurned">Whether the tensor lies input by input.</param>
    /// <param name="pool">The workers.</param>
    /// <returns>False if a weight is not finite: zeros could not be left out then.</returns>
    public static bool TryFill(
        InputMatrix matrix, GgufTensor tensor, WeightFormat source, WeightFormat format, bool isTurned, WorkerPool pool)
    {
        int strips = (matrix.Inputs + (StripInputs - 1)) / StripInputs;
        bool[] finite = new bool[strips];
        var region = new Region(matrix, tensor, source, format, isTurned, finite);
        pool.Run(ref region, strips);
        return finite.All(isFinite => isFinite);
    }

    private readonly struct Region(
        InputMatrix matrix, GgufTensor tensor, WeightFormat source, WeightFormat format, bool isTurned, bool[] finite) : IParallelRegion
    {
        public void Run(int chunk, int worker)
        {
            int first = chunk * StripInputs;
            int count = Math.Min(StripInputs, matrix.Inputs - first);
            float[] rows = new float[count * matrix.Outputs];
            if (isTurned)
                source.Decode(tensor.Slice(first * source.RowBytes(matrix.Outputs), count * source.RowBytes(matrix.Outputs)), rows);
            else
                Turn(first, count, rows);
            finite[chunk] = Array.TrueForAll(rows, float.IsFinite);
            byte[] blocks = new byte[format.RowBytes(matrix.Outputs)];
            for (int i = 0; i < count; i++)
            {
                int input = first + i;
                if (isTurned && source.Type == format.Type)
                {
                    matrix.PackRow(input, tensor.Slice(input * source.RowBytes(matrix.Outputs), blocks.Length));
                    continue;
                }

                format.Encode(rows.AsSpan(i * matrix.Outputs, matrix.Outputs), default, blocks);
                matrix.PackRow(input, blocks);
            }
        }

        private void Turn(int first, int count, float[] rows)
        {
            float[] part = new float[count];
            long rowBytes = source.RowBytes(matrix.Inputs);
            long start = source.RowBytes(first);
            for (int output = 0; output < matrix.Outputs; output++)
            {
                source.Decode(tensor.Slice((output * rowBytes) + start, source.RowBytes(count)), part);
                for (int i = 0; i < count; i++)
                    rows[(i * matrix.Outputs) + output] = part[i];
            }
        }
    }
}
