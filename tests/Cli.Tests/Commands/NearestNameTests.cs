using FsCheck.Xunit;
using Hearth.Cli.Commands;

namespace Hearth.Cli.Tests.Commands;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("rnu", "run", 1)]
    [InlineData("Temp", "temp", 0)]
    public void Edits_are_counted(string from, string to, int edits) => Assert.Equal(edits, NearestName.Edits(from, to));

    [Property]
    public bool Edits_are_symmetric(string from, string to)
        => NearestName.Edits(from ?? "", to ?? "") == NearestName.Edits(to ?? "", from ?? "");

    [Fact]
    public void Nothing_is_suggested_for_what_is_like_nothing()
    {
        Assert.Null(NearestName.Find("--xyzzy", ["--temp", "--model"]));
        Assert.Null(NearestName.Find("-z", ["-m", "-p"]));
        Assert.Equal("--top-k", NearestName.Find("--top_k", ["--top-p", "--top-k"]));
    }
}
