using Hearth.Engine.Tokenization.HuggingFace;

namespace Hearth.Engine.Tests.Tokenization.HuggingFace;

public sealed class OnigurumaPatternTests
{
    [Theory]
    [InlineData(@"\p{L}++", "ab1", "ab")]
    [InlineData(@"(?:a|ab)++c", "abac", "ac")]
    [InlineData(@"[^\r\n\p{L}]?+\p{L}+", " ab", " ab")]
    [InlineData(@"\p{N}{1,3}+", "12345", "123")]
    [InlineData(@"[\p{Han}]+", "ab漢字c", "漢字")]
    [InlineData(@"\p{Han}", "ab漢字c", "漢")]
    [InlineData(@"[\x{4E00}-\x{9FFF}]+", "ab漢字c", "漢字")]
    [InlineData(@"(?i:'s|'t)", "It'S", "'S")]
    [InlineData(@"[]a]+", "b]a", "]a")]
    [InlineData(@"a+?", "aa", "a")]
    [InlineData(@"\(+", "a((", "((")]
    public void Patterns_match_what_they_match_there(string pattern, string text, string match)
        => Assert.Equal(match, OnigurumaPattern.Compile(pattern).Match(text).Value);

    [Theory]
    [InlineData("[a&&b]")]
    [InlineData("[a[b]]")]
    [InlineData("[a")]
    [InlineData("(a")]
    [InlineData("a{1")]
    [InlineData(@"\p{Klingon}")]
    public void Patterns_beyond_dotnet_are_refused_with_their_text(string pattern)
    {
        var refusal = Assert.Throws<InvalidModelException>(() => OnigurumaPattern.Compile(pattern));
        Assert.Contains(pattern, refusal.Message, StringComparison.Ordinal);
    }
}
