using FsCheck;
using FsCheck.Fluent;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Tests.Isa;

namespace Hearth.Kernels.Tests.Matmul;

public sealed class MatMulTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(20).WithQuietOnSuccess(true);

    public static TheoryData<WeightType> Types => [.. KernelSet.Supported[0].Panels.Select(panel => panel.Type).Order()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_rung_gives_the_bytes_of_the_scalar_rung(WeightType type)
        => Check(type, (format, shape) =>
        {
            byte[] blocks = shape.Weights(format);
            float[] x = shape.Activations(format);
            float[] scalar = Products.Multiply(RungCase.Scalar.Kernels, format, shape, blocks, x, shape.Threads, shape.Tokens);
            foreach (var rung in RungCase.All)
            {
                AssertSameBytes(
                    scalar, Products.Multiply(rung.Kernels, format, shape, blocks, x, shape.Threads, shape.Tokens), $"{type} {shape} {rung}");
            }
        });

    [Theory]
    [MemberData(nameof(Types))]
    public void Neither_threads_nor_the_grouping_of_tokens_change_a_byte(WeightType type)
        => Check(type, (format, shape) =>
        {
            byte[] blocks = shape.Weights(format);
            float[] x = shape.Activations(format);
            var kernels = RungSelection.FromEnvironment();
            float[] whole = Products.Multiply(kernels, format, shape, blocks, x, 1, shape.Tokens);
            for (int threads = 1; threads <= 3; threads++)
            {
                foreach (int group in new[] { 1, 2, 3, 7, shape.Tokens })
                    AssertSameBytes(whole, Products.Multiply(kernels, format, shape, blocks, x, threads, group), $"{type} {shape} {group}");
            }
        });

    [Theory]
    [MemberData(nameof(Types))]
    public void Products_are_within_the_rounding_of_exact_arithmetic(WeightType type)
        => Check(type, (format, shape) =>
        {
            byte[] blocks = shape.Weights(format);
            float[] x = shape.Activations(format);
            var kernels = RungSelection.FromEnvironment();
            Assert.True(kernels.TryGetPanel(type, out var panel));
            float[] y = Products.Multiply(kernels, format, shape, blocks, x, shape.Threads, shape.Tokens);
            Products.AssertNearReference(format, panel.Activations, shape, blocks, x, y);
        });

    /// <summary>Rows of thousands of columns are unpacked piece by piece for many tokens, and for a few they are not.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void Long_rows_give_the_same_bytes_for_many_tokens_as_for_one(WeightType type)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        int blocks = format.BlockWeights switch { 1 => 240, >= 128 => 12288 / format.BlockWeights, _ => 3072 / format.BlockWeights };
        var shape = new MatrixCase(Rows: 20, blocks, Tokens: 38, Threads: 2, Seed: 7);
        Assert.InRange(shape.Columns(format), 3000, 3200);
        byte[] weights = shape.Weights(format);
        float[] x = shape.Activations(format);
        var kernels = RungSelection.FromEnvironment();
        AssertSameBytes(
            Products.Multiply(kernels, format, shape, weights, x, shape.Threads, 1),
            Products.Multiply(kernels, format, shape, weights, x, shape.Threads, shape.Tokens),
            $"{type} {shape}");
    }

    private static void Check(WeightType type, Action<WeightFormat, MatrixCase> property)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        Prop.ForAll(MatrixCase.Any, shape => property(format, shape)).Check(Config);
    }

    private static void AssertSameBytes(float[] expected, float[] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: output {i} is {actual[i]:R}, not {expected[i]:R}.");
        }
    }
}
