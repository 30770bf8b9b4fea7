using Hearth.Kernels.Probing;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Tests.Probing;

public sealed class MemoryProbeTests
{
    [Fact]
    public void The_buffer_is_larger_than_the_caches_and_no_larger_than_a_gibibyte()
    {
        Assert.InRange(MemoryProbe.BufferBytes, 64L << 20, 1L << 30);
        Assert.True(MemoryProbe.BufferBytes >= Math.Min(4 * ProcessorTopology.LastLevelCacheBytes, 1L << 30) - (1 << 20));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_bandwidth_is_that_of_a_machine(int threads)
    {
        using var pool = new WorkerPool(threads);
        Assert.InRange(MemoryProbe.ReadBandwidth(pool, repetitions: 1), 1e6, 1e14);
    }

    [Fact]
    public void It_has_to_be_measured_at_least_once()
    {
        using var pool = new WorkerPool(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryProbe.ReadBandwidth(pool, 0));
    }
}
