using FsCheck.Xunit;
using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

[Properties(Arbitrary = [typeof(LogitVector.Arbitraries)])]
public sealed class PartialOrderTests
{
    [Property]
    public void Largest_finds_the_best_in_order_with_ties_by_index(LogitVector logits, byte wanted)
    {
        int count = Math.Min(wanted, logits.Values.Length);
        var keys = new ulong[count];
        PartialOrder.Largest(logits.Values, keys);
        Assert.Equal(logits.BestFirst.Take(count), keys.Select(RankKey.Id));
        Assert.Equal(logits.BestFirst.Take(count).Select(i => logits.Values[i]), keys.Select(RankKey.Logit));
    }

    [Property]
    public void SmallestFirst_sorts_the_front_and_loses_nothing(ulong[] keys, byte wanted)
    {
        ulong[] unique = [.. keys.Distinct()];
        int count = Math.Min(wanted, unique.Length);
        ulong[] expected = [.. unique.Order()];
        PartialOrder.SmallestFirst(unique, count);
        Assert.Equal(expected[..count], unique[..count]);
        Assert.Equal(expected, unique.Order());
    }

    [Property]
    public void IndexOfAtLeast_is_the_first_one_from_the_start(LogitVector logits, sbyte steps, byte start)
    {
        float bound = steps * 0.25f;
        int from = Math.Min(start, logits.Values.Length);
        int expected = Array.FindIndex(logits.Values, from, value => value >= bound);
        Assert.Equal(expected, PartialOrder.IndexOfAtLeast(logits.Values, from, bound));
    }

    [Property]
    public void A_key_gives_back_its_logit_and_id(float logit, int id)
    {
        if (float.IsNaN(logit))
            return;
        ulong key = RankKey.LargestFirst(logit, id);
        Assert.Equal(logit, RankKey.Logit(key));
        Assert.Equal(id, RankKey.Id(key));
    }

    [Property]
    public void Keys_compare_as_their_numbers_do(float a, float b)
    {
        if (float.IsNaN(a) || float.IsNaN(b))
            return;
        Assert.Equal(a > b || (a == b), RankKey.LargestFirst(a, 1) < RankKey.LargestFirst(b, 2));
        Assert.Equal(a < b || (a == b), RankKey.SmallestFirst(a, 1) < RankKey.SmallestFirst(b, 2));
    }

    [Fact]
    public void Minus_zero_ties_with_zero()
    {
        var keys = new ulong[2];
        PartialOrder.Largest([-0f, 0f, -1f], keys);
        Assert.Equal([0, 1], keys.Select(RankKey.Id));
    }
}
