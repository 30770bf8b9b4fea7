using Hearth.Kernels.Formats;
using Hearth.Perf.EndToEnd.Synthetic;

namespace Hearth.Engine.Tests.Synthetic;

public sealed class TensorPlanTests
{
    /// <summary>Bytes of the weights in published files of these models, without keys and vocabulary.</summary>
    [Theory]
    [InlineData("tinyllama-1.1b", "Q4_0", 635)]
    [InlineData("tinyllama-1.1b", "Q4_K_M", 667)]
    [InlineData("tinyllama-1.1b", "Q6_K", 902)]
    [InlineData("tinyllama-1.1b", "Q8_0", 1169)]
    [InlineData("tinyllama-1.1b", "F16", 2200)]
    [InlineData("llama-2-7b", "Q4_0", 3825)]
    [InlineData("llama-2-7b", "Q4_K_M", 4080)]
    [InlineData("llama-2-7b", "Q5_K_M", 4782)]
    [InlineData("llama-2-7b", "Q3_K_M", 3297)]
    [InlineData("llama-2-7b", "Q2_K", 2532)]
    [InlineData("olmoe-7b", "Q4_K_M", 4204)]
    public void A_file_has_the_size_of_its_original(string shape, string type, int megabytes)
    {
        var bytes = Plan(shape, type).Sum(plan =>
        {
            Assert.True(WeightTypeLayout.TryGet(plan.Type, out var layout));
            return (long)plan.Columns / layout.BlockWeights * layout.BlockBytes * Math.Max(plan.Rows, 1);
        });

        Assert.Equal(megabytes, (int)(bytes / 1_000_000));
    }

    [Fact]
    public void Q4_K_M_gives_more_bits_to_the_first_and_last_eighth_and_to_every_third_block_between()
    {
        var plans = Plan("tinyllama-1.1b", "Q4_K_M");

        var generous = plans.Where(plan => plan.Role == TensorRole.Down && plan.Type == WeightType.Q6_K).Select(plan => plan.Layer);
        Assert.Equal([0, 1, 4, 7, 10, 13, 16, 19, 20, 21], generous);
        Assert.Equal(
            generous, plans.Where(plan => plan is { Role: TensorRole.AttentionValue, Type: WeightType.Q6_K }).Select(plan => plan.Layer));
        Assert.Equal(WeightType.Q6_K, plans.Single(plan => plan.Role == TensorRole.Output).Type);
        Assert.Equal(WeightType.Q4_K, plans.Single(plan => plan.Role == TensorRole.Embedding).Type);
    }

    [Fact]
    public void Rows_that_do_not_divide_into_superblocks_get_blocks_of_32()
    {
        var plans = Plan("smollm-135m", "Q4_K_M");

        Assert.Equal(WeightType.Q8_0, plans.Single(plan => plan.Role == TensorRole.Embedding).Type);
        Assert.All(plans.Where(plan => plan.Role == TensorRole.Gate), plan => Assert.Equal(WeightType.Q5_0, plan.Type));
        Assert.All(
            plans.Where(plan => plan.Role == TensorRole.Down), plan => Assert.True(plan.Type is WeightType.Q4_K or WeightType.Q6_K));
    }

    [Fact]
    public void A_pure_file_has_one_type_for_all_matrices()
    {
        Assert.True(TypeMix.TryGet("q4_k_m", pure: true, out var mix));
        Assert.True(ShapeCatalog.TryGet("tinyllama-1.1b", out var shape));

        Assert.All(TensorPlan.For(shape, mix).Where(plan => plan.Rows > 0), plan => Assert.Equal(WeightType.Q4_K, plan.Type));
    }

    [Fact]
    public void A_tied_model_has_no_output_matrix()
    {
        Assert.DoesNotContain(Plan("llama-3.2-1b", "Q8_0"), plan => plan.Role == TensorRole.Output);
        Assert.Contains(Plan("llama-3.2-1b", "Q8_0"), plan => plan is { Name: "rope_freqs.weight", Columns: 32 });
    }

    private static IReadOnlyList<TensorPlan> Plan(string shapeName, string type)
    {
        Assert.True(ShapeCatalog.TryGet(shapeName, out var shape));
        Assert.True(TypeMix.TryGet(type, pure: false, out var mix));
        return TensorPlan.For(shape, mix);
    }
}
