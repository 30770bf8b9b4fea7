using System.Runtime.InteropServices;
using FsCheck.Xunit;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Sparse;
using Hearth.Kernels.Tests.Isa;
using Hearth.Kernels.Tests.Matmul;

namespace Hearth.Kernels.Tests.Sparse;

public sealed unsafe class ChosenRowsTests
{
    [Property(MaxTest = 12)]
    public void Chosen_rows_have_the_bytes_of_the_whole_product_for_every_type_on_every_rung(int seed)
    {
        var random = new Random(seed);
        foreach (var panel in KernelSet.Supported[0].Panels)
        {
            Assert.True(WeightFormat.TryGet(panel.Type, out var format));
            var shape = new MatrixCase(random.Next(1, 90), random.Next(1, 8), random.Next(1, 5), Threads: random.Next(1, 4), random.Next());
            int[] rows = Choice.Of(random, shape.Rows);
            byte[] weights = shape.Weights(format);
            float[] x = shape.Activations(format);
            float[] whole = Products.Multiply(RungCase.Scalar.Kernels, format, shape, weights, x, 1, shape.Tokens);
            foreach (var rung in RungCase.All)
            {
                float[] chosen = Multiply(rung.Kernels, format, shape, weights, x, rows);
                for (int token = 0; token < shape.Tokens; token++)
                {
                    for (int i = 0; i < rows.Length; i++)
                    {
                        Assert.Equal(
                            BitConverter.SingleToInt32Bits(whole[(token * (whole.Length / shape.Tokens)) + rows[i]]),
                            BitConverter.SingleToInt32Bits(chosen[(token * (chosen.Length / shape.Tokens)) + i]));
                    }
                }
            }
        }
    }

    [Fact]
    public void Choosing_allocates_nothing()
    {
        Assert.True(WeightFormat.TryGet(WeightType.Q4_0, out var format));
        var shape = new MatrixCase(64, 4, 1, 1, 7);
        byte[] weights = shape.Weights(format);
        float[] x = shape.Activations(format);
        int[] rows = [.. Enumerable.Range(0, 50)];
        var kernels = KernelSet.Supported[^1];
        Assert.True(kernels.TryGetPanel(WeightType.Q4_0, out var kernel));
        fixed (byte* source = weights)
        fixed (float* activations = x)
        fixed (int* chosen = rows)
        {
            int columns = shape.Columns(format);
            using var matrix = new RowMatrix(kernel, (nint)source, shape.Rows, columns);
            using var packed = new AlignedBuffer(kernels.ActivationBytes(kernel.Activations, 1, columns));
            MatMul.Pack(Products.Pool(1), kernels, kernel.Activations, activations, columns, 1, columns, packed.Pointer);
            using var scratch = new AlignedBuffer(ChosenRows.ScratchBytes(Products.Pool(1), matrix));
            using var y = new AlignedBuffer(64 * sizeof(float));
            long before = 0;
            for (int round = 0; round < 2; round++)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                ChosenRows.Multiply(
                    Products.Pool(1), matrix, chosen, rows.Length, packed.Pointer, 1, (float*)y.Pointer, 64, scratch.Pointer);
            }

            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    private static float[] Multiply(KernelSet kernels, WeightFormat format, MatrixCase shape, byte[] blocks, float[] x, int[] rows)
    {
        Assert.True(kernels.TryGetPanel(format.Type, out var kernel));
        var pool = Products.Pool(shape.Threads);
        int columns = shape.Columns(format);
        int stride = (rows.Length + 15) / 16 * 16;
        using var packed = new AlignedBuffer(kernels.ActivationBytes(kernel.Activations, shape.Tokens, columns), zeroed: false);
        fixed (float* activations = x)
            MatMul.Pack(pool, kernels, kernel.Activations, activations, columns, shape.Tokens, columns, packed.Pointer);
        using var source = GuardedBuffer.Of<byte>(blocks);
        using var matrix = new RowMatrix(kernel, (nint)source.Pointer, shape.Rows, columns);
        using var scratch = new GuardedBuffer(ChosenRows.ScratchBytes(pool, matrix));
        using var chosen = GuardedBuffer.Of<int>(rows);
        using var y = new GuardedBuffer((long)shape.Tokens * stride * sizeof(float));
        ChosenRows.Multiply(
            pool, matrix, (int*)chosen.Pointer, rows.Length, packed.Pointer, shape.Tokens, (float*)y.Pointer, stride, scratch.Pointer);
        return MemoryMarshal.Cast<byte, float>(new ReadOnlySpan<byte>(y.Pointer, (int)y.Bytes)).ToArray();
    }
}
