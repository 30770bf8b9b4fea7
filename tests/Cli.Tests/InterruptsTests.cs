namespace Hearth.Cli.Tests;

public sealed class InterruptsTests
{
    private readonly List<int> exits = [];

    [Fact]
    public void Outside_of_a_part_the_first_press_ends_the_process()
    {
        using var interrupts = new Interrupts(exits.Add);
        interrupts.Press();
        Assert.Equal([ExitCodes.Interrupted], exits);
    }

    [Fact]
    public void In_a_part_the_first_press_cancels_and_the_second_ends_the_process()
    {
        using var interrupts = new Interrupts(exits.Add);
        using var part = interrupts.Catch(out var cancellation);
        interrupts.Press();
        Assert.True(cancellation.IsCancellationRequested);
        Assert.Empty(exits);
        interrupts.Press();
        Assert.Equal([ExitCodes.Interrupted], exits);
    }

    [Fact]
    public void A_signal_that_ends_the_process_stops_a_part_which_is_then_the_last()
    {
        using var interrupts = new Interrupts(exits.Add);
        using (interrupts.Catch(out var cancellation))
        {
            interrupts.End(ExitCodes.Terminated);
            Assert.True(cancellation.IsCancellationRequested);
        }

        Assert.Empty(exits);
        Assert.Equal(ExitCodes.Terminated, interrupts.Ending);
    }

    [Fact]
    public void Outside_of_a_part_such_a_signal_ends_the_process()
    {
        using var interrupts = new Interrupts(exits.Add);
        interrupts.End(ExitCodes.HungUp);
        Assert.Equal([ExitCodes.HungUp], exits);
    }

    [Fact]
    public void Each_part_begins_uncancelled()
    {
        using var interrupts = new Interrupts(exits.Add);
        using (interrupts.Catch(out _))
            interrupts.Press();
        using (interrupts.Catch(out var second))
            Assert.False(second.IsCancellationRequested);
        interrupts.Press();
        Assert.Equal([ExitCodes.Interrupted], exits);
    }
}
