using Hearth.Perf.EndToEnd.Synthetic;

namespace Hearth.Engine.Tests.Synthetic;

public sealed class SyntheticVocabularyTests
{
    [Theory]
    [InlineData(SyntheticVocabulary.LeastCount)]
    [InlineData(512)]
    [InlineData(128256)]
    public void A_vocabulary_has_as_many_different_tokens_as_asked_for(int count)
    {
        var (tokens, scores, kinds) = SyntheticVocabulary.Create(count);

        Assert.Equal((count, count, count), (tokens.Length, scores.Length, kinds.Length));
        Assert.Equal(count, tokens.Distinct().Count());
        Assert.Equal(["<unk>", "<s>", "</s>", "<0x00>"], tokens.Take(4));
        Assert.Equal("<0xFF>", tokens[258]);
        Assert.Equal([2, 3, 3, 6], kinds.Take(4));
    }

    [Fact]
    public void Every_piece_can_be_reached_by_merging_two_better_ones()
    {
        var (tokens, scores, kinds) = SyntheticVocabulary.Create(8000);
        var scoreOf = tokens.Select((token, id) => (token, id)).Where(t => kinds[t.id] == 1).ToDictionary(t => t.token, t => scores[t.id]);

        Assert.All(scoreOf.Where(piece => piece.Key.Length > 1), piece => Assert.Contains(
            Enumerable.Range(1, piece.Key.Length - 1),
            cut => scoreOf.GetValueOrDefault(piece.Key[..cut], float.NegativeInfinity) > piece.Value
                && scoreOf.GetValueOrDefault(piece.Key[cut..], float.NegativeInfinity) > piece.Value));
    }
}
