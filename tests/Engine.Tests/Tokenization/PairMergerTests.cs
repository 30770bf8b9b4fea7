using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization;

public sealed class PairMergerTests
{
    [Property(MaxTest = 500)]
    public Property Merges_in_the_order_of_a_search_for_the_best_pair()
    {
        // Few symbols and few ranks, so that pairs overlap and tie.
        var ids = Gen.Choose(0, 3).ArrayOf();
        return Prop.ForAll(ids.ToArbitrary(), ids =>
        {
            var merger = new PairMerger();
            merger.Clear();
            for (var i = 0; i < ids.Length; i++) merger.Append(i, 1, ids[i]);
            var merged = new List<int>();
            foreach (var symbol in merger.Run(default(Rule)))
            {
                if (symbol.Length > 0) merged.Add(symbol.Id);
            }

            return merged.SequenceEqual(Reference(ids));
        });
    }

    [Fact]
    public void Symbols_cover_the_text_without_gaps()
    {
        var merger = new PairMerger();
        for (var i = 0; i < 1000; i++) merger.Append(i, 1, i % 4);
        var next = 0;
        foreach (var symbol in merger.Run(default(Rule)))
        {
            if (symbol.Length == 0) continue;
            Assert.Equal(next, symbol.Start);
            next += symbol.Length;
        }

        Assert.Equal(1000, next);
    }

    private static List<int> Reference(int[] ids)
    {
        var list = ids.ToList();
        while (true)
        {
            var best = -1;
            for (var i = 0; i + 1 < list.Count; i++)
            {
                if (Rule.Merge(list[i], list[i + 1], out var rank) >= 0
                    && (best < 0 || (Rule.Merge(list[best], list[best + 1], out var bestRank) >= 0 && rank < bestRank)))
                {
                    best = i;
                }
            }

            if (best < 0) return list;
            list[best] = Rule.Merge(list[best], list[best + 1], out _);
            list.RemoveAt(best + 1);
        }
    }

    private readonly struct Rule : IPairRule
    {
        public int Merge(in Symbol left, in Symbol right, out uint rank) => Merge(left.Id, right.Id, out rank);

        public static int Merge(int left, int right, out uint rank)
        {
            rank = (uint)((left * 7) + (right * 3)) % 5;
            return (left + right) % 3 == 2 || left + right > 60 ? -1 : left + right + 1;
        }
    }
}
