using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Tests.Isa;

namespace Hearth.Kernels.Tests.Matmul;

/// <summary>Kernels on buffers that end at a guard page and start as poison.</summary>
public sealed unsafe class PanelKernelTests
{
    private static readonly int[] TokenCounts = [1, 2, 3, 4, 5, 7, 8, 9, 17];

    public static TheoryData<WeightType> Types => MatMulTests.Types;

    [Theory]
    [MemberData(nameof(Types))]
    public void Nothing_is_read_or_written_past_the_end_of_a_buffer(WeightType type)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        for (int blocks = 1; blocks <= 5; blocks += 2)
        {
            foreach (int tokens in TokenCounts)
            {
                var shape = new MatrixCase(Rows: 37, blocks, tokens, Threads: 1, Seed: (100 * blocks) + tokens);
                byte[] weights = shape.Weights(format);
                float[] x = shape.Activations(format);
                float[] expected = Products.Multiply(RungCase.Scalar.Kernels, format, shape, weights, x, 1, tokens);
                foreach (var rung in RungCase.All)
                    Assert.Equal(expected, Guarded(rung.Kernels, format, shape, weights, x));
            }
        }
    }

    /// <summary>
    /// Enough tokens for <see cref="CrossedKernel{TRung, TFormat}"/>: two of the widest tiles and more, and several pieces of tokens and of a long row.
    /// </summary>
    [Theory]
    [InlineData(WeightType.Q8_0, 5, 19)]
    [InlineData(WeightType.Q8_0, 1, 39)]
    [InlineData(WeightType.Q8_0, 8, 40)]
    [InlineData(WeightType.Q8_0, 150, 130)]
    [InlineData(WeightType.IQ4_NL, 3, 21)]
    [InlineData(WeightType.IQ4_NL, 80, 200)]
    [InlineData(WeightType.IQ4_XS, 1, 33)]
    [InlineData(WeightType.IQ4_XS, 19, 130)]
    public void Crossed_products_are_those_of_the_other_rungs(WeightType type, int blocks, int tokens)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        var shape = new MatrixCase(Rows: 21, blocks, tokens, Threads: 1, Seed: tokens);
        byte[] weights = shape.Weights(format);
        for (int i = 0; i < Math.Min(weights.Length, 20 * format.BlockBytes); i++)
        {
            // The largest magnitudes of both signs, Q8_0's -128 and IQ4_XS's scale of -32 included, in some blocks.
            if (i % format.BlockBytes > 1)
                weights[i] = (byte)(type != WeightType.Q8_0 ? 0 : i % 3 == 0 ? 0x7F : 0x80);
        }

        float[] x = shape.Activations(format);
        x.AsSpan(0, 32).Fill(3);
        float[] expected = Products.Multiply(RungCase.Scalar.Kernels, format, shape, weights, x, 1, tokens);
        foreach (var rung in RungCase.All)
            Assert.Equal(expected, Guarded(rung.Kernels, format, shape, weights, x));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_packed_row_decodes_to_the_same_bits_as_its_blocks(WeightType type)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        for (int seed = 0; seed < 20; seed++)
        {
            var shape = new MatrixCase(1 + (seed * 7 % 40), 1 + (seed % 9), 1, 1, seed);
            int columns = shape.Columns(format);
            byte[] blocks = shape.Weights(format);
            var expected = new float[shape.Rows * columns];
            format.Decode(blocks, expected);
            foreach (var rung in RungCase.All)
            {
                Assert.True(rung.Kernels.TryGetPanel(type, out var kernel));
                fixed (byte* source = blocks)
                {
                    using var matrix = PackedMatrix.Pack(kernel, source, shape.Rows, columns, Products.Pool(1));
                    var row = new float[columns];
                    for (int i = 0; i < shape.Rows; i++)
                    {
                        matrix.DecodeRow(i, row);
                        Assert.Equal(Bits(expected.AsSpan(i * columns, columns)), Bits(row));
                    }
                }
            }
        }
    }

    /// <summary>An embedding may be looked up in panels whatever its file holds, as long as that is numbers.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void A_packed_row_of_any_bytes_that_are_numbers_decodes_to_the_same_bits(WeightType type)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        Assert.True(RungCase.Scalar.Kernels.TryGetPanel(type, out var kernel));
        var random = new Random(5);
        float[] expected = new float[kernel.BlockWeights];
        float[] row = new float[kernel.BlockWeights];
        byte[] block = new byte[kernel.BlockBytes];
        int compared = 0;
        for (int round = 0; round < 2000; round++)
        {
            random.NextBytes(block);
            format.Decode(block, expected);
            if (!expected.All(float.IsFinite))
                continue;
            compared++;
            using var matrix = PackedMatrix.Pack(kernel, block, 1, kernel.BlockWeights, Products.Pool(1));
            matrix.DecodeRow(0, row);
            Assert.Equal(Bits(expected), Bits(row));
        }

        Assert.InRange(compared, 1000, 2000);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_rung_packs_a_panel_to_the_same_bytes(WeightType type)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        foreach (int rows in new[] { 16, 5 })
        {
            var shape = new MatrixCase(rows, 7, 1, 1, Seed: rows);
            byte[] blocks = shape.Weights(format);
            byte[] expected = Pack(RungCase.Scalar.Kernels, format, shape, blocks);
            foreach (var rung in RungCase.All)
                Assert.True(expected.AsSpan().SequenceEqual(Pack(rung.Kernels, format, shape, blocks)), $"{rung} {rows} rows");
        }
    }

    private static byte[] Pack(KernelSet kernels, WeightFormat format, MatrixCase shape, byte[] blocks)
    {
        Assert.True(kernels.TryGetPanel(format.Type, out var kernel));
        using var source = GuardedBuffer.Of<byte>(blocks);
        using var panel = new GuardedBuffer(kernel.PanelBytes(shape.Columns(format)));
        kernel.PackPanel(source.Pointer, shape.Rows, shape.Columns(format), panel.Pointer);
        return new ReadOnlySpan<byte>(panel.Pointer, (int)panel.Bytes).ToArray();
    }

    private static float[] Guarded(KernelSet kernels, WeightFormat format, MatrixCase shape, byte[] blocks, float[] x)
    {
        Assert.True(kernels.TryGetPanel(format.Type, out var kernel));
        int columns = shape.Columns(format);
        int panels = (shape.Rows + 15) / 16;
        int width = 16 * panels;
        int stride = width + 5;
        using var source = GuardedBuffer.Of<byte>(blocks);
        using var packed = new GuardedBuffer(kernel.PanelBytes(columns) * panels);
        for (int panel = 0; panel < panels; panel++)
        {
            kernel.PackPanel(
                source.Pointer + ((long)panel * 16 * columns / format.BlockWeights * format.BlockBytes),
                Math.Min(16, shape.Rows - (16 * panel)),
                columns,
                packed.Pointer + (panel * kernel.PanelBytes(columns)));
        }

        using var floats = GuardedBuffer.Of<float>(x);
        using var activations = new GuardedBuffer(kernels.ActivationBytes(kernel.Activations, shape.Tokens, columns));
        int tiles = new TokenTiles(shape.Tokens, kernel.Activations.TileTokens).Count;
        kernels.PackActivations(
            kernel.Activations, (float*)floats.Pointer, columns, shape.Tokens, columns, activations.Pointer, 0, tiles);

        using var outputs = new GuardedBuffer(sizeof(float) * (((shape.Tokens - 1L) * stride) + width));
        var y = (float*)outputs.Pointer;
        kernel.Multiply(packed.Pointer, panels, columns, activations.Pointer, shape.Tokens, y, stride);
        var result = new float[shape.Tokens * width];
        for (int token = 0; token < shape.Tokens; token++)
        {
            new ReadOnlySpan<float>(y + ((long)token * stride), width).CopyTo(result.AsSpan(token * width));
            for (int i = width; i < stride && token < shape.Tokens - 1; i++)
                Assert.Equal(0x7F7F7F7F, BitConverter.SingleToInt32Bits(y[((long)token * stride) + i]));
        }

        return result;
    }

    private static int[] Bits(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), BitConverter.SingleToInt32Bits);
}
