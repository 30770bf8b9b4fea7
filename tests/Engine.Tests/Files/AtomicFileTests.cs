using Hearth.Engine.Files;

namespace Hearth.Engine.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_is_written_and_nothing_else_remains()
    {
        AtomicFile.Write(folder["a"], stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(folder["a"]));
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public void An_existing_file_is_replaced()
    {
        File.WriteAllText(folder["a"], "a longer old text");

        AtomicFile.Write(folder["a"], stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(folder["a"]));
    }

    [Fact]
    public void Readers_see_the_old_file_until_the_new_one_is_complete()
    {
        File.WriteAllText(folder["a"], "old");

        AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(folder["a"]));
        });
    }

    [Fact]
    public void A_failure_leaves_the_target_as_it_was_and_no_temporary_file()
    {
        File.WriteAllText(folder["a"], "old");

        Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write("half"u8);
            throw new InvalidTimeZoneException();
        }));

        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Equal(["a"], folder.Files);
    }

    [Fact]
    public void A_target_that_cannot_be_replaced_leaves_no_temporary_file()
    {
        Directory.CreateDirectory(folder["a"]);

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(folder["a"], stream => stream.Write("new"u8)));

        Assert.Empty(folder.Files);
    }
}
