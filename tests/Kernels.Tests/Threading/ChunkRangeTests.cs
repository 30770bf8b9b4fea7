using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Tests.Threading;

public sealed class ChunkRangeTests
{
    [FsCheck.Xunit.Property]
    public void Ranges_cover_all_items_in_order(ushort total, byte chunksLessOne, byte granuleLessOne)
    {
        var chunks = chunksLessOne + 1;
        var granule = granuleLessOne + 1;
        var next = 0;
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var range = ChunkRange.Of(total, chunk, chunks, granule);
            Assert.Equal(next, range.Start);
            Assert.True(range.Length == 0 || range.Start % granule == 0);
            next = range.End;
        }

        Assert.Equal(total, next);
    }

    [FsCheck.Xunit.Property]
    public void Lengths_differ_by_at_most_one(ushort total, byte chunksLessOne)
    {
        var chunks = chunksLessOne + 1;
        var lengths = Enumerable.Range(0, chunks).Select(chunk => ChunkRange.Of(total, chunk, chunks).Length).ToList();
        Assert.InRange(lengths.Max() - lengths.Min(), 0, 1);
    }

    [Fact]
    public void The_largest_totals_do_not_overflow()
    {
        Assert.Equal(int.MaxValue, ChunkRange.Of(int.MaxValue, 6, 7).End);
        Assert.Equal(int.MaxValue, ChunkRange.Of(int.MaxValue, int.MaxValue - 1, int.MaxValue).End);
        Assert.Equal(new ChunkRange(0, int.MaxValue), ChunkRange.Of(int.MaxValue, 0, 1, granule: 16));
    }

    [Theory]
    [InlineData(-1, 0, 1, 1)]
    [InlineData(1, -1, 1, 1)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(1, 0, 1, 0)]
    public void Bad_arguments_are_refused(int total, int chunk, int chunks, int granule)
        => Assert.Throws<ArgumentOutOfRangeException>(() => ChunkRange.Of(total, chunk, chunks, granule));
}
