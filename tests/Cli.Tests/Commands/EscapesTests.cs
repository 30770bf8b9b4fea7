using Hearth.Cli.Commands;

namespace Hearth.Cli.Tests.Commands;

public sealed class EscapesTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(@"a\nb\tc\rd", "a\nb\tc\rd")]
    [InlineData(@"\'\""\\", "'\"\\")]
    [InlineData(@"\x41\x7a", "Az")]
    [InlineData(@"\x4", @"\x4")]
    [InlineData(@"\xgg", @"\xgg")]
    [InlineData(@"\q \", @"\q \")]
    public void Escapes_are_llama_cpps(string text, string expected) => Assert.Equal(expected, Escapes.Resolve(text));
}
