using Hearth.Engine.Evaluation;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Evaluation;

public sealed class TextWindowTests
{
    private static readonly int[] Text = [.. Enumerable.Range(100, 21)];

    [Fact]
    public void Windows_lie_side_by_side_and_their_second_half_counts()
    {
        var windows = TextWindow.SideBySide(Text, 8, new SpecialTokens());
        Assert.Equal(2, windows.Count);
        Assert.Equal(Text[8..16], windows[1].Tokens.ToArray());
        Assert.Equal((4, 3), (windows[1].FirstScored, windows[1].ScoredCount));
    }

    [Fact]
    public void Each_window_begins_as_texts_do()
    {
        var windows = TextWindow.SideBySide(Text, 8, new SpecialTokens { Bos = 1, AddBos = true });
        Assert.All(windows, window => Assert.Equal(1, window.Tokens.Span[0]));
        Assert.Equal(Text[9..16], windows[1].Tokens[1..].ToArray());
        Assert.Equal(100, TextWindow.SideBySide(Text, 8, new SpecialTokens { Bos = 1 })[0].Tokens.Span[0]);
    }

    [Fact]
    public void Overlapping_windows_score_each_token_behind_the_first_window_once()
    {
        var windows = TextWindow.Overlapping(Text, 8, 3, new SpecialTokens());
        int[] guessed = [.. windows.SelectMany(window => window.Tokens[(window.FirstScored + 1)..].ToArray())];
        Assert.Equal(Text[5..20], guessed);
    }

    [Fact]
    public void A_text_shorter_than_a_window_has_none() => Assert.Empty(TextWindow.SideBySide(Text, 22, new SpecialTokens()));
}
