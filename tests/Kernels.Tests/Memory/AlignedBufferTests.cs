using System.Runtime.Intrinsics;
using Hearth.Kernels.Memory;

namespace Hearth.Kernels.Tests.Memory;

public sealed unsafe class AlignedBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(4096)]
    [InlineData((2 << 20) - 1)]
    [InlineData(5 << 20)]
    [InlineData(32 << 20)]
    public void Buffers_are_aligned_zeroed_and_readable_behind_the_end(long bytes)
    {
        foreach (var hugePages in new[] { false, true })
        {
            using var buffer = new AlignedBuffer(bytes, hugePages);
            Assert.Equal(bytes, buffer.Length);
            Assert.Equal(0, (nint)buffer.Pointer % AlignedBuffer.Alignment);
            Assert.Equal(-1, new Span<byte>(buffer.Pointer, (int)bytes + AlignedBuffer.SlackBytes).IndexOfAnyExcept((byte)0));
            if (bytes > 0)
            {
                buffer.Pointer[0] = buffer.Pointer[bytes - 1] = 0xAB;
                Assert.Equal(Vector512.CreateScalar((byte)0xAB), Vector512.Load(buffer.Pointer + bytes - 1));
            }
        }
    }

    [Fact]
    public void Huge_page_buffers_begin_at_a_huge_page_on_Linux()
    {
        using var buffer = new AlignedBuffer(8 << 20, hugePages: true);
        Assert.True(!OperatingSystem.IsLinux() || (nint)buffer.Pointer % AlignedBuffer.HugePageBytes == 0);
    }

    [Fact]
    public void The_slack_of_an_unzeroed_buffer_is_zero()
    {
        for (var bytes = 0; bytes < 300; bytes++)
        {
            // Fills a block that the allocator is likely to hand out again.
            using (var dirty = new AlignedBuffer(bytes))
                new Span<byte>(dirty.Pointer, bytes + AlignedBuffer.SlackBytes).Fill(0xFF);
            using var buffer = new AlignedBuffer(bytes, zeroed: false);
            Assert.Equal(-1, new Span<byte>(buffer.Pointer + bytes, AlignedBuffer.SlackBytes).IndexOfAnyExcept((byte)0));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Disposing_twice_frees_once(bool hugePages)
    {
        var buffer = new AlignedBuffer(1000, hugePages);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => (nint)buffer.Pointer);
    }

    [Fact]
    public void Sizes_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer(long.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer(long.MaxValue));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Out_of_memory_names_the_size(bool hugePages)
    {
        const long Bytes = 1L << 60;
        var failure = Assert.Throws<InsufficientMemoryException>(() => new AlignedBuffer(Bytes, hugePages));
        Assert.Contains("1099511627776 MiB", failure.Message, StringComparison.Ordinal);
    }
}
