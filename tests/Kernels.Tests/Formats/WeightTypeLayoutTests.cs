using Hearth.Kernels.Formats;

namespace Hearth.Kernels.Tests.Formats;

public sealed class WeightTypeLayoutTests
{
    [Fact]
    public void Every_type_has_a_layout_and_a_retired_number_has_none()
    {
        Assert.All(Enum.GetValues<WeightType>(), type => Assert.True(WeightTypeLayout.TryGet(type, out _)));
        Assert.All(
            Enumerable.Range(0, 64).Select(number => (WeightType)number).Where(type => !Enum.IsDefined(type)),
            type => Assert.False(WeightTypeLayout.TryGet(type, out _)));
    }

    [Fact]
    public void The_layouts_are_those_of_the_catalog()
        => Assert.All(WeightFormat.All, format =>
        {
            Assert.True(WeightTypeLayout.TryGet(format.Type, out var layout));
            Assert.Equal(new WeightTypeLayout(format.BlockWeights, format.BlockBytes), layout);
        });
}
