using Hearth.Engine.Evaluation;

namespace Hearth.Engine.Tests.Evaluation;

public sealed class DivergenceMeterTests
{
    [Fact]
    public void Figures_are_those_of_their_definitions()
    {
        var meter = new DivergenceMeter();
        meter.Add([MathF.Log(0.5f), MathF.Log(0.25f), MathF.Log(0.25f)], [0, 0, 0], 0);
        meter.Add([MathF.Log(0.5f), MathF.Log(0.5f), float.NegativeInfinity], [MathF.Log(0.5f), MathF.Log(0.25f), MathF.Log(0.25f)], 1);
        double first = (0.5 * Math.Log(1.5)) + (0.5 * Math.Log(0.75));
        double second = 0.5 * Math.Log(2);
        Assert.Equal((first + second) / 2, meter.Mean, 1e-6);
        Assert.Equal((first + second) / 2, meter.Quantile(0.5), 1e-6);
        Assert.Equal(second, meter.Maximum, 1e-6);
        Assert.Equal(Math.Sqrt((Math.Pow(1 / 6.0, 2) + Math.Pow(0.25, 2)) / 2), meter.RootMeanSquareShift, 1e-6);
        Assert.Equal(((-1 / 6.0) - 0.25) / 2, meter.MeanShift, 1e-6);
        Assert.Equal(1, meter.SameTop);
        Assert.Equal(2, meter.Base.Value, 1e-6);
    }
}
