using Hearth.Kernels.Memory;
using Hearth.Tests;

namespace Hearth.Kernels.Tests.Memory;

public sealed unsafe class ArenaTests
{
    [Fact]
    public void Slices_are_aligned_and_follow_each_other()
    {
        using var arena = new Arena(1024);
        var first = arena.Rent(1);
        var second = arena.Rent(65);
        var third = arena.RentFloats(16);
        Assert.Equal(0, (nint)first.Pointer % 64);
        Assert.Equal(64, second.Pointer - first.Pointer);
        Assert.Equal(128, (byte*)third - second.Pointer);
        Assert.Equal(256, arena.UsedBytes);
        Assert.Equal(65, second.AsSpan<byte>().Length);
        Assert.Equal(16, second.AsSpan<float>().Length);
    }

    [Fact]
    public void Released_memory_is_rented_again()
    {
        using var arena = new Arena(256);
        arena.Rent(64);
        byte* inner;
        using (arena.Mark())
            inner = arena.Rent(192).Pointer;
        Assert.Equal(64, arena.UsedBytes);
        Assert.Equal(256, arena.PeakBytes);
        Assert.True(inner == arena.Rent(100).Pointer);
        arena.Reset();
        Assert.Equal(0, arena.UsedBytes);
    }

    [FsCheck.Xunit.Property]
    public void An_arena_of_the_measured_peak_holds_the_same_run(byte[] script)
    {
        using var measured = Arena.Measure();
        Play(measured, script);
        using var real = new Arena(measured.PeakBytes);
        Play(real, script);
        Assert.Equal(measured.PeakBytes, real.PeakBytes);
        Assert.Equal(real.CapacityBytes, real.PeakBytes);
    }

    [Fact]
    public void Measuring_hands_out_null_and_counts_without_limit()
    {
        using var arena = Arena.Measure();
        Assert.True(arena.IsMeasuring);
        Assert.True(arena.Rent(1L << 50).Pointer == null);
        Assert.True(arena.RentFloats(3) == null);
        Assert.Equal((1L << 50) + 64, arena.PeakBytes);
        Assert.True(arena.Rent(5).AsSpan<float>().IsEmpty);
        Assert.Throws<InvalidOperationException>(() => arena.Rent(long.MaxValue).Length);
        Assert.Throws<OverflowException>(() => (nint)arena.RentFloats(long.MaxValue / 2));
    }

    [Fact]
    public void Renting_past_the_capacity_names_the_numbers()
    {
        using var arena = new Arena(1000);
        arena.Rent(500);
        var failure = Assert.Throws<InvalidOperationException>(() => arena.Rent(600).Length);
        Assert.Contains("1024 bytes with 512 in use has no room for 600", failure.Message, StringComparison.Ordinal);
        arena.Rent(512);
        Assert.Equal(0, arena.Rent(0).Length);
        Assert.Throws<InvalidOperationException>(() => arena.Rent(1).Length);
    }

    [Fact]
    public void Marks_are_released_in_reverse_order_and_in_their_own_arena()
    {
        using var arena = new Arena(1024);
        using var other = new Arena(1024);
        var outer = arena.Mark();
        arena.Rent(64);
        var inner = arena.Mark();
        arena.Release(outer);
        Assert.Throws<ArgumentException>(() => arena.Release(inner));
        Assert.Throws<ArgumentException>(() => other.Release(outer));
    }

    [Fact]
    public void Poison_covers_fresh_and_released_memory_and_nothing_else()
    {
        using var arena = new Arena(new AlignedBuffer(512), poisoned: true);
        var kept = arena.RentFloats(16);
        Assert.True(float.IsNaN(kept[0]) && float.IsNaN(kept[15]));
        new Span<float>(kept, 16).Fill(1);
        float* stale;
        using (arena.Mark())
        {
            stale = arena.RentFloats(32);
            new Span<float>(stale, 32).Fill(2);
        }

        Assert.Equal(-1, new Span<byte>(stale, 128).IndexOfAnyExcept((byte)0xFF));
        Assert.Equal(-1, new Span<float>(kept, 16).IndexOfAnyExcept(1));
    }

    [Fact]
    public void Renting_and_releasing_allocate_nothing()
    {
        using var arena = new Arena(4096);
        Cycle(arena);
        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
                Cycle(arena);
        }));

        static void Cycle(Arena arena)
        {
            using var mark = arena.Mark();
            arena.Rent(100);
            arena.RentFloats(100);
        }
    }

    [Fact]
    public void A_disposed_arena_refuses()
    {
        var arena = new Arena(64);
        arena.Dispose();
        arena.Dispose();
        Assert.Throws<ObjectDisposedException>(() => arena.Rent(1).Length);
    }

    [Fact]
    public void Sizes_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(long.MaxValue));
        using var arena = new Arena(64);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Rent(-1).Length);
    }

    /// <summary>Rents a slice for each byte; 0 takes a mark, 255 releases the last one.</summary>
    private static void Play(Arena arena, byte[] script)
    {
        var marks = new Stack<ArenaMark>();
        foreach (var step in script)
        {
            if (step == 0)
                marks.Push(arena.Mark());
            else if (step < 255)
                arena.Rent(step * 7);
            else if (marks.TryPop(out var mark))
                arena.Release(mark);
        }
    }
}
