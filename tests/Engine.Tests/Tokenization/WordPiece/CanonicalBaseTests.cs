using System.Text;
using Hearth.Engine.Tokenization.WordPiece;

namespace Hearth.Engine.Tests.Tokenization.WordPiece;

public sealed class CanonicalBaseTests
{
    [Theory]
    [InlineData(0xC9, 'E')]
    [InlineData(0x1EC7, 'e')]
    [InlineData(0x212B, 'A')]
    [InlineData(0xD55C, 0x1112)]
    [InlineData(0xAC00, 0x1100)]
    [InlineData(0xD7A3, 0x1112)]
    [InlineData(0xF900, 0x8C48)]
    [InlineData(0x2F803, 0x20122)]
    [InlineData(0x2FA1D, 0x2A600)]
    [InlineData('e', 'e')]
    [InlineData(0xDF, 0xDF)]
    [InlineData(0xFB01, 0xFB01)]
    [InlineData(0x10FFFF, 0x10FFFF)]
    public void Characters_lose_what_is_composed_onto_them(int character, int expected)
        => Assert.Equal(expected, CanonicalBase.Of(new Rune(character)).Value);
}
