using FsCheck.Xunit;
using Hearth.Engine.Models.Layers;

namespace Hearth.Engine.Tests.Models.Layers;

public sealed class ExpertGroupsTests
{
    [Fact]
    public void A_group_counts_as_much_as_its_two_best_experts()
    {
        // The best expert of all stands in the second group, but the first and the third have better pairs.
        float[] ranks = [3, 3, 0, 5, 0, 0, 4, 2, 1, 1, 1, 1];
        new ExpertGroups(4, 2).Exclude(ranks);
        Assert.Equal([3, 3, 0, .. Rejected(3), 4, 2, 1, .. Rejected(3)], ranks);
    }

    [Fact]
    public void Of_equal_groups_the_earlier_ones_are_used()
    {
        float[] ranks = [1, 1, 1, 1, 1, 1];
        new ExpertGroups(3, 1).Exclude(ranks);
        Assert.Equal([1, 1, .. Rejected(4)], ranks);
    }

    [Fact]
    public void Groups_of_one_expert_are_the_experts()
    {
        float[] ranks = [1, 4, 2, 3];
        new ExpertGroups(4, 2).Exclude(ranks);
        Assert.Equal([float.NegativeInfinity, 4, float.NegativeInfinity, 3], ranks);
    }

    [Property]
    public void As_many_groups_stay_as_may_be_used_and_they_stay_as_they_are(byte[] seeds, byte usedSeed)
    {
        if (seeds.Length < 3)
            return;
        int used = 1 + (usedSeed % (seeds.Length / 3));
        float[] ranks = [.. seeds.Take(seeds.Length / 3 * 3).Select(seed => seed / 16f)];
        float[] after = [.. ranks];
        new ExpertGroups(ranks.Length / 3, used).Exclude(after);
        var kept = after.Chunk(3).Select((group, i) => (Group: group, Before: ranks[(3 * i)..(3 * (i + 1))]))
            .Where(pair => !float.IsNegativeInfinity(pair.Group[0])).ToList();
        Assert.Equal(used, kept.Count);
        Assert.All(kept, pair => Assert.Equal(pair.Before, pair.Group));
    }

    private static IEnumerable<float> Rejected(int count) => Enumerable.Repeat(float.NegativeInfinity, count);
}
