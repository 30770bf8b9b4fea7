namespace Hearth.Engine.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Runs() => Assert.Equal(2, 1 + 1);

    [FsCheck.Xunit.Property]
    public bool Adds(int a, int b) => a + b == b + a;
}
