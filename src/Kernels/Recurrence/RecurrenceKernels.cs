namespace Hearth.Kernels.Recurrence;

/// <summary>
/// Recurrences of one rung: layers whose state has a fixed size. They go through a sequence token by token, so that where a pass
/// ends does not change a bit; every rung gives the same bytes. All members may be called from several threads.
/// </summary>
public abstract class RecurrenceKernels
{
    private protected RecurrenceKernels()
    {
    }

    internal abstract void Convolve(in ConvolutionTask task);

    internal abstract void SelectiveScan(in SelectiveScanTask task);

    internal abstract void LinearScan(in HeadTask task);

    internal abstract void DeltaRule(in HeadTask task);

    internal abstract void GeneralDeltaRule(in HeadTask task);
}
