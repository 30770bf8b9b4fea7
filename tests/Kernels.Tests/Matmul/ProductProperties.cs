using FsCheck.Xunit;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Tests.Isa;

namespace Hearth.Kernels.Tests.Matmul;

/// <summary>
/// Products of any shape, of one type of each kind of panel: few enough to run under emulation too, where each kernel's compilation takes
/// a tenth of a second. <see cref="MatMulTests"/> has all types.
/// </summary>
public sealed class ProductProperties
{
    private static readonly WeightType[] Kinds =
        [WeightType.F16, WeightType.Q4_0, WeightType.Q8_0, WeightType.Q5_K, WeightType.Q6_K, WeightType.IQ4_XS, WeightType.IQ2_XS];

    [Property(MaxTest = 15)]
    public void A_product_is_the_same_on_every_rung_and_for_every_split_of_its_tokens(int seed)
    {
        var random = new Random(seed);
        foreach (var type in Kinds)
        {
            Assert.True(WeightFormat.TryGet(type, out var format));
            int tokens = random.Next(1, 24);
            var shape = new MatrixCase(random.Next(1, 40), random.Next(1, format.BlockWeights > 32 ? 3 : 12), tokens, Threads: 1, seed);
            byte[] weights = shape.Weights(format);
            float[] x = shape.Activations(format);
            float[] expected = Products.Multiply(RungCase.Scalar.Kernels, format, shape, weights, x, 1, tokens);
            foreach (var rung in RungCase.All)
                Assert.Equal(expected, Products.Multiply(rung.Kernels, format, shape, weights, x, 1, random.Next(1, tokens + 1)));
        }
    }
}
