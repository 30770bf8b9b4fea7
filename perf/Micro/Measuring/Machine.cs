using Hearth.Kernels;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Probing;
using Hearth.Kernels.Threading;

namespace Hearth.Perf.Micro.Measuring;

/// <summary>The kernels that are measured (<c>HEARTH_ISA</c> chooses), those that know the answer, and what the machine allows.</summary>
public static class Machine
{
    /// <summary>The kernels that are measured.</summary>
    public static KernelSet Kernels { get; } = RungSelection.FromEnvironment();

    /// <summary>The scalar rung: plain C#, whose bytes every other rung has to give.</summary>
    public static KernelSet Oracle { get; } = RungSelection.Named("scalar");

    /// <summary>One thread, and as many as a model would take.</summary>
    public static IEnumerable<int> ThreadCounts => new[] { 1, ProcessorTopology.DefaultThreads }.Distinct();

    /// <summary>What the instructions of a type's products allow.</summary>
    public static Ceilings Peak(Arithmetic arithmetic, WorkerPool pool) => new(Kernels.MeasurePeak(arithmetic, pool), 0);

    /// <summary>What memory allows.</summary>
    public static Ceilings Memory(WorkerPool pool) => new(0, MemoryProbe.ReadBandwidth(pool, 3));
}
