namespace Hearth.Kernels.Threading;

/// <summary>How a <see cref="WorkerPool"/> waits and where its threads run.</summary>
public sealed record WorkerPoolOptions
{
    /// <summary>
    /// Turns of about 24 ns that an idle worker spins before it parks in the kernel; null chooses by the number of processors.
    /// A spinning worker joins a region within 0.1 us, a parked one within about 15 us; 0 parks at once.
    /// </summary>
    public int? SpinTurns { get; init; }

    /// <summary>
    /// Ties each worker to one processor of <see cref="ProcessorTopology.PreferredProcessors"/>. Off by default: it can help on a
    /// machine of one's own and hurts on a shared one. Linux only; elsewhere it does nothing. The calling thread is never tied.
    /// </summary>
    public bool PinWorkers { get; init; }
}
