using Hearth.Engine.Files;

namespace Hearth.Engine.Tests.Files;

public sealed class MappedFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(100_001)]
    public void A_map_shows_the_bytes_of_the_file(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(folder["a"], bytes);

        using var map = MappedFile.Open(folder["a"]);

        Assert.Equal(length, map.Length);
        Assert.Equal(bytes, map.Bytes(0, length).ToArray());
        Assert.Equal(bytes[(length / 2)..], map.Bytes(length / 2, length - (length / 2)).ToArray());
    }

    [Fact]
    public unsafe void A_file_of_more_than_2_GiB_is_mapped_whole()
    {
        var length = (1L << 31) + 4097;
        using (var sparse = new FileStream(folder["a"], FileMode.CreateNew))
        {
            sparse.SetLength(length);
            sparse.Position = length - 3;
            sparse.Write("end"u8);
        }

        using var map = MappedFile.Open(folder["a"]);

        Assert.Equal("end"u8, map.Bytes(length - 3, 3));
        Assert.Equal((byte)'d', *(byte*)(map.Address + (nint)(length - 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Bytes(0, length).Length);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 11)]
    [InlineData(10, 1)]
    [InlineData(11, 0)]
    [InlineData(5, -1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(long.MaxValue, 1)]
    public void A_range_outside_the_file_is_refused(long offset, long length)
    {
        File.WriteAllBytes(folder["a"], new byte[10]);
        using var map = MappedFile.Open(folder["a"]);

        Assert.Throws<ArgumentOutOfRangeException>(() => map.Bytes(offset, length).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Prefetch(offset, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Release(offset, length));
    }

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(1, 5)]
    [InlineData(4095, 2)]
    [InlineData(5000, 70_000)]
    [InlineData(99_999, 1)]
    [InlineData(100_000, 0)]
    public void Advice_changes_no_byte(long offset, long length)
    {
        var bytes = new byte[100_000];
        new Random(2).NextBytes(bytes);
        File.WriteAllBytes(folder["a"], bytes);
        using var map = MappedFile.Open(folder["a"]);

        map.Prefetch(offset, length);
        Assert.Equal(bytes, map.Bytes(0, bytes.Length).ToArray());
        map.Release(offset, length);
        Assert.Equal(bytes, map.Bytes(0, bytes.Length).ToArray());
    }

    [Fact]
    public unsafe void Memory_of_others_keeps_what_was_written_to_it()
    {
        var bytes = GC.AllocateArray<byte>(100_000, pinned: true);
        new Random(3).NextBytes(bytes);
        fixed (byte* start = bytes)
        {
            using var map = MappedFile.OfMemory("memory", (nint)start, bytes.Length);

            map.Release(0, bytes.Length);

            Assert.Equal((nint)start, map.Address);
            Assert.Equal(bytes, map.Bytes(0, bytes.Length).ToArray());
        }
    }

    [Fact]
    public void What_is_no_file_is_refused_by_name()
    {
        var missing = Assert.Throws<InvalidModelException>(() => MappedFile.Open(folder["missing"]));
        Assert.Equal($"{folder["missing"]}: there is no such file.", missing.Message);

        var noFolder = Assert.Throws<InvalidModelException>(() => MappedFile.Open(folder["missing/either"]));
        Assert.Equal($"{folder["missing/either"]}: there is no such file.", noFolder.Message);

        Directory.CreateDirectory(folder["folder"]);
        var isFolder = Assert.Throws<InvalidModelException>(() => MappedFile.Open(folder["folder"]));
        Assert.Equal($"{folder["folder"]}: is a folder, not a file.", isFolder.Message);

        Assert.Throws<InvalidModelException>(() => MappedFile.Open("a\0b"));
    }

    [Fact]
    public void A_closed_map_gives_no_bytes()
    {
        File.WriteAllBytes(folder["a"], new byte[10]);
        var map = MappedFile.Open(folder["a"]);
        map.Dispose();
        map.Dispose();

        Assert.Throws<ObjectDisposedException>(() => map.Address);
        Assert.Throws<ObjectDisposedException>(() => map.Bytes(0, 1).Length);
        Assert.Throws<ObjectDisposedException>(() => map.Release(0, 1));
    }
}
