using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Tests.Matmul;

/// <summary>Products as a caller computes them, and what they should be.</summary>
internal static unsafe class Products
{
    private static readonly WorkerPool[] Pools = [new(1), new(2), new(3)];

    public static WorkerPool Pool(int threads) => Pools[threads - 1];

    /// <summary>[tokens, padded rows] through packing and the parallel driver, tokens in groups of at most <paramref name="group"/>.</summary>
    public static float[] Multiply(KernelSet kernels, WeightFormat format, MatrixCase shape, byte[] blocks, float[] x, int threads, int group)
    {
        Assert.True(kernels.TryGetPanel(format.Type, out var kernel));
        int columns = shape.Columns(format);
        fixed (byte* source = blocks)
        fixed (float* activations = x)
        {
            using var weights = PackedMatrix.Pack(kernel, source, shape.Rows, columns, Pool(threads));
            int stride = weights.PanelCount * PackedMatrix.PanelRows;
            var outputs = new float[shape.Tokens * stride];
            for (int first = 0; first < shape.Tokens; first += group)
            {
                int tokens = Math.Min(group, shape.Tokens - first);
                using var packed = new AlignedBuffer(kernels.ActivationBytes(kernel.Activations, tokens, columns), zeroed: false);
                new Span<byte>(packed.Pointer, (int)packed.Length).Fill(0x7F);
                float* rows = activations + ((long)first * columns);
                MatMul.Pack(Pool(threads), kernels, kernel.Activations, rows, columns, tokens, columns, packed.Pointer);
                fixed (float* y = &outputs[first * stride])
                    MatMul.Run(Pool(threads), tokens, new MatMulJob(weights, (nint)packed.Pointer, (nint)y, stride));
            }

            return outputs;
        }
    }

    /// <summary>Checks outputs against exact arithmetic on decoded weights and quantised activations.</summary>
    public static void AssertNearReference(WeightFormat format, ActivationLayout layout, MatrixCase shape, byte[] blocks, float[] x, float[] y)
    {
        int columns = shape.Columns(format);
        int stride = y.Length / shape.Tokens;
        var weights = new float[shape.Rows * columns];
        format.Decode(blocks, weights);
        float[] magnitudes = BlockSamples.Magnitudes(format, blocks, weights);
        double[] quantised = Quantised(layout, x, shape.Tokens, columns);

        // Every addition rounds the sum once, by at most 2^-24 of the magnitudes added so far. A term is rounded a few times more: the
        // weight, its integer sum as a float, its scale, the product of the scales. The narrowest group of any type is 16 columns with
        // two additions.
        int additions = layout.IsFloat ? columns : 2 * ((columns + 15) / 16);
        // Below the smallest normal float that they are kept in, sums are rounded to its steps; those of halves are kept 2^-48 times as large.
        double smallest = Math.ScaleB(1, layout.Exponent == 0 ? -126 : -126 + (112 - layout.Exponent));
        double relative = (additions + 8) * Math.ScaleB(1, -24) * 1.001;
        for (int token = 0; token < shape.Tokens; token++)
        {
            for (int row = 0; row < stride; row++)
            {
                double sum = 0, magnitude = 0;
                for (int column = 0; row < shape.Rows && column < columns; column++)
                {
                    double value = quantised[(token * columns) + column];
                    sum += weights[(row * columns) + column] * value;
                    magnitude += magnitudes[(row * columns) + column] * Math.Abs(value);
                }

                double error = Math.Abs(y[(token * stride) + row] - sum);
                Assert.True(
                    error <= (relative * magnitude) + (columns * smallest),
                    $"{format.Type} {shape}: row {row}, token {token}: {y[(token * stride) + row]} is {error} from {sum}, magnitude {magnitude}.");
            }
        }
    }

    /// <summary>The activations that the integer dots stand for: value = scale x integer in [-127, 127], block by block.</summary>
    private static double[] Quantised(ActivationLayout layout, float[] x, int tokens, int columns)
    {
        if (layout.IsFloat)
            return Array.ConvertAll(x, value => (double)value);
        var result = new double[x.Length];
        for (int token = 0; token < tokens; token++)
        {
            for (int column = 0; column < columns; column += layout.BlockColumns)
            {
                int at = (token * columns) + column;
                var block = x.AsSpan(at, Math.Min(layout.BlockColumns, columns - column));
                float largest = 0;
                foreach (float value in block)
                    largest = Math.Max(largest, Math.Abs(value));
                if (largest <= ActivationLayout.SmallestMagnitude)
                    continue;
                for (int i = 0; i < block.Length; i++)
                    result[at + i] = Math.Round((double)(block[i] * (127 / largest))) * (largest / 127);
            }
        }

        return result;
    }
}
