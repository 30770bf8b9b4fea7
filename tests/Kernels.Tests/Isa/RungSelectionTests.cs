using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Tests.Isa;

public sealed class RungSelectionTests
{
    [Fact]
    public void Without_a_name_the_best_rung_is_chosen()
        => Assert.Same(KernelSet.Supported[^1], RungSelection.Named(null));

    [Fact]
    public void Every_supported_rung_can_be_chosen_by_name()
    {
        foreach (var set in KernelSet.Supported)
            Assert.Same(set, RungSelection.Named(RungSelection.Name(set.Rung)));
    }

    [Fact]
    public void Rungs_are_listed_from_the_portable_one_up()
    {
        var rungs = KernelSet.Supported.Select(set => set.Rung).ToList();
        Assert.Equal(Rung.Scalar, rungs[0]);
        Assert.Equal(rungs.Order(), rungs);
    }

    [Fact]
    public void Every_rung_has_a_name()
        => Assert.Equal(Enum.GetValues<Rung>().Order(), RungSelection.Names.Values.Order());

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_that_would_do()
    {
        var error = Assert.Throws<NotSupportedException>(() => RungSelection.Named("sse9"));
        Assert.Contains("HEARTH_ISA=sse9", error.Message, StringComparison.Ordinal);
        Assert.Contains("scalar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rung_of_another_machine_is_refused()
    {
        string foreign = RungSelection.Names.First(pair => KernelSet.Supported.All(set => set.Rung != pair.Value)).Key;
        Assert.Throws<NotSupportedException>(() => RungSelection.Named(foreign));
    }

    [Fact]
    public void The_environment_chooses()
    {
        string? wanted = Environment.GetEnvironmentVariable(RungSelection.Variable);
        if (!string.IsNullOrEmpty(wanted))
            Assert.Equal(RungSelection.Names[wanted], RungSelection.FromEnvironment().Rung);
        else
            Assert.Same(KernelSet.Supported[^1], RungSelection.FromEnvironment());
    }
}
