using System.Runtime.InteropServices;
using FsCheck.Xunit;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Sparse;
using Hearth.Kernels.Tests.Isa;
using Hearth.Kernels.Tests.Matmul;

namespace Hearth.Kernels.Tests.Sparse;

public sealed unsafe class InputProductsTests
{
    private static readonly WeightType[] Types = [WeightType.F32, WeightType.F16, WeightType.BF16, WeightType.Q8_0, WeightType.Q4_0];

    [Property(MaxTest = 40)]
    public void Chosen_and_all_inputs_give_the_bytes_of_the_definition_on_every_rung(int seed)
    {
        var random = new Random(seed);
        foreach (var type in Types)
        {
            Assert.True(WeightFormat.TryGet(type, out var format));
            int outputs = format.BlockWeights == 1 ? random.Next(1, 700) : 32 * random.Next(1, 40);
            int inputs = random.Next(1, 300);
            int tokens = random.Next(1, 20);
            byte[] blocks = BlockSamples.Random(format, inputs * outputs / format.BlockWeights, random);
            float[] x = Inputs(random, tokens, inputs);
            float[] expected = Definition(format, blocks, x, tokens, inputs, outputs);
            foreach (var rung in RungCase.All)
            {
                int threads = random.Next(1, 4);
                string what = $"{rung} {type} {inputs} -> {outputs}, {tokens} tokens, {threads} threads";
                Assert.True(Same(expected, Chosen(rung.Kernels, format, blocks, x, tokens, inputs, outputs, threads, a => a != 0)), $"chosen, {what}");
                Assert.True(Same(expected, Chosen(rung.Kernels, format, blocks, x, tokens, inputs, outputs, threads, _ => true)), $"all chosen, {what}");
                Assert.True(Same(expected, All(rung.Kernels, format, blocks, x, tokens, inputs, outputs, threads)), $"all, {what}");
            }
        }
    }

    /// <summary>Mostly zeros, both of them, or none; also products so small that they are lost.</summary>
    private static float[] Inputs(Random random, int tokens, int inputs)
    {
        float[] x = new float[tokens * inputs];
        for (int token = 0; token < tokens; token++)
        {
            foreach (int at in Choice.Of(random, inputs))
                x[(token * inputs) + at] = random.Next(8) == 0 ? (random.NextSingle() - 0.5f) * 1e-42f : random.NextSingle() - 0.5f;
            if (random.Next(3) == 0)
                x[(token * inputs) + random.Next(inputs)] = -0f;
        }

        return x;
    }

    /// <summary>One chain of fused multiply-adds per output, over the inputs that are not zero.</summary>
    private static float[] Definition(WeightFormat format, byte[] blocks, float[] x, int tokens, int inputs, int outputs)
    {
        var weights = new float[inputs * outputs];
        format.Decode(blocks, weights);
        var y = new float[tokens * outputs];
        for (int token = 0; token < tokens; token++)
        {
            for (int output = 0; output < outputs; output++)
            {
                float sum = 0;
                for (int input = 0; input < inputs; input++)
                {
                    float factor = x[(token * inputs) + input];
                    if (factor != 0)
                        sum = MathF.FusedMultiplyAdd(weights[(input * outputs) + output], factor, sum);
                }

                y[(token * outputs) + output] = sum + 0f;
            }
        }

        return y;
    }

    private static bool Same(float[] expected, float[] actual)
        => MemoryMarshal.AsBytes(expected.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(actual.AsSpan()));

    private static float[] Chosen(
        KernelSet kernels, WeightFormat format, byte[] blocks, float[] x, int tokens, int inputs, int outputs, int threads, Func<float, bool> isChosen)
    {
        var pool = Products.Pool(threads);
        using var matrix = Pack(kernels, format, blocks, inputs, outputs);
        using var scratch = new GuardedBuffer(InputProducts.ScratchBytes(pool, matrix));
        using var y = new GuardedBuffer((outputs + 15) / 16 * 16 * sizeof(float));
        var result = new List<float>();
        for (int token = 0; token < tokens; token++)
        {
            float[] factors = x[(token * inputs)..((token + 1) * inputs)];
            int[] rows = [.. Enumerable.Range(0, inputs).Where(i => isChosen(factors[i]))];
            using var chosen = GuardedBuffer.Of<int>(rows);
            using var chosenFactors = GuardedBuffer.Of<float>(Array.ConvertAll(rows, row => factors[row]));
            InputProducts.AddChosen(
                pool, matrix, (int*)chosen.Pointer, (float*)chosenFactors.Pointer, rows.Length, (float*)y.Pointer, scratch.Pointer);
            result.AddRange(new ReadOnlySpan<float>(y.Pointer, outputs));
        }

        return [.. result];
    }

    private static float[] All(KernelSet kernels, WeightFormat format, byte[] blocks, float[] x, int tokens, int inputs, int outputs, int threads)
    {
        var pool = Products.Pool(threads);
        using var matrix = Pack(kernels, format, blocks, inputs, outputs);
        var layout = matrix.Kernel.Activations;
        using var packed = new AlignedBuffer(kernels.ActivationBytes(layout, tokens, inputs), zeroed: false);
        fixed (float* activations = x)
            MatMul.Pack(pool, kernels, layout, activations, inputs, tokens, inputs, packed.Pointer);
        int stride = (outputs + 15) / 16 * 16;
        using var scratch = new GuardedBuffer(InputProducts.ScratchBytes(pool, matrix));
        using var y = new GuardedBuffer((long)tokens * stride * sizeof(float));
        InputProducts.MultiplyAll(pool, matrix, packed.Pointer, tokens, (float*)y.Pointer, stride, scratch.Pointer);
        var result = new List<float>();
        for (int token = 0; token < tokens; token++)
            result.AddRange(new ReadOnlySpan<float>((float*)y.Pointer + (token * stride), outputs));
        return [.. result];
    }

    private static InputMatrix Pack(KernelSet kernels, WeightFormat format, byte[] blocks, int inputs, int outputs)
    {
        Assert.True(kernels.TryGetInputs(format.Type, out var kernel));
        var matrix = new InputMatrix(kernel, inputs, outputs);
        int rowBytes = blocks.Length / inputs;
        for (int input = 0; input < inputs; input++)
            matrix.PackRow(input, blocks.AsSpan(input * rowBytes, rowBytes));
        return matrix;
    }
}
