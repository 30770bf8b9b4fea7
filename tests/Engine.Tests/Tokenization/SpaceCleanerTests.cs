using System.Text;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization;

public sealed class SpaceCleanerTests
{
    [Theory]
    [InlineData("Hello , world ! How ? So .", "Hello, world! How? So.")]
    [InlineData("a ' b", "a'b")]
    [InlineData("it 's I 'm we 're they 've he 'd", "it's I'm we're they've he 'd")]
    [InlineData(" , .", ",.")]
    [InlineData("  .", " .")]
    [InlineData("nothing to do", "nothing to do")]
    [InlineData("", "")]
    [InlineData(" '", " '")]
    public void Spaces_before_punctuation_and_contractions_go(string text, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes.AsSpan(0, SpaceCleaner.Clean(bytes))));
    }
}
