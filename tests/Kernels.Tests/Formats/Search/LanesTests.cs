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
    public void Of_what_is_nearly_least_the_lane_nearest_to_the_preferred_one_is_found(int seed)
    {
        var random = new Random(seed);
        float[] lanes = Pick(random, [float.NaN, -1, -1 + 1e-7f, -0.99f, 2]);
        int preferred = random.Next(Count);
        int[] good = [.. Enumerable.Range(0, Count).Where(i => lanes[i] <= lanes.Where(float.IsFinite).Append(9).Min() + 1e-6f)];
        int expected = good.Length == 0 ? -1 : good.MinBy(i => (2 * Math.Abs(i - preferred)) - (i > preferred ? 1 : 0));
        Assert.Equal(expected, Lanes.IndexOfLeast(Vector512.Create(lanes), 1e-6f, preferred));
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
