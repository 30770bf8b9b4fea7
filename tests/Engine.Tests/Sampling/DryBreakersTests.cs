using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

public sealed class DryBreakersTests
{
    private static readonly string[] Pieces = ["a", ".\n", "x<br", "/>", "\n", "<br/><", "r>", "<"];

    [Fact]
    public void A_token_that_contains_the_text_breaks_alone() =>
        Assert.Equal([[1], [4]], Resolve("\n"));

    [Fact]
    public void A_token_that_ends_with_the_beginning_is_followed_by_the_rest() =>
        Assert.Equal([[2, '/', '>'], [5], [7, 'b', 'r', '/', '>']], Resolve("<br/>"));

    [Fact]
    public void Overlaps_of_several_lengths_all_count() =>
        Assert.Equal(
            [[0, 'b'], [0, 'a', 'b']],
            DryBreakers.Resolve(["aab"], 1, _ => "aa", Tokenize));

    [Fact]
    public void Empty_texts_are_ignored_and_long_ones_cut() =>
        Assert.Equal(
            [[0, .. Enumerable.Repeat('y', 20).Select(c => (int)c)]],
            DryBreakers.Resolve(["", "x" + new string('y', 100)], 1, _ => "x", Tokenize));

    private static IReadOnlyList<int[]> Resolve(string text) => DryBreakers.Resolve([text], Pieces.Length, id => Pieces[id], Tokenize);

    private static IReadOnlyList<int> Tokenize(string text) => [.. text.Select(c => (int)c)];
}
