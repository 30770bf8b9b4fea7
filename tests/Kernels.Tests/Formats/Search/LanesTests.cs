using System.Runtime.Intrinsics;
using FsCheck.Xunit;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Tests.Formats.Search;

public sealed class LanesTests
{
    private const int Count = 16;

    [Property]
    public void The_first_of_the_least_numbers_is_found_among_what_is_none(int seed)
    {
        var random = new Random(seed);
        float[] values = [float.NaN, float.PositiveInfinity, -1, 0, 2], lanes = Pick(random, values);
        float[] numbers = [.. lanes.Where(float.IsFinite)];
        int expected = numbers.Length == 0 ? -1 : Array.IndexOf(lanes, numbers.Min());
        Assert.Equal(expected, Lanes.IndexOfLeast(Vector512.Create(lanes)));
    }

    [Property]
    public void Among_equal_losses_the_least_index_wins(int seed)
    {
        var random = new Random(seed);
        float[] lanes = Pick(random, [1, 2, 3]);
        int[] indices = [.. Enumerable.Range(0, Count).Select(_ => random.Next(2048))];
        int expected = lanes.Zip(indices).Where(pair => pair.First == lanes.Min()).Min(pair => pair.Second);
        Assert.Equal(expected, Lanes.IndexOfLeast(Vector512.Create(lanes), Vector512.Create(indices)));
    }

    [Property]
    public void Eight_lanes_give_their_least_greatest_and_sum(int seed)
    {
        float[] lanes = [.. Pick(new Random(seed), [-3, -1, 0.5f, 4]).Take(8)];
        Vector256<float> vector = Vector256.Create(lanes);
        Assert.Equal((lanes.Min(), lanes.Max(), lanes.Sum()), (Lanes.Least(vector), Lanes.Greatest(vector), Lanes.Sum(vector)));
    }

    private static float[] Pick(Random random, float[] values)
        => [.. Enumerable.Range(0, Count).Select(_ => values[random.Next(values.Length)])];
}
