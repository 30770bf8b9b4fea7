using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Recurrence;

/// <summary>The recurrences compiled for one rung.</summary>
internal sealed class RecurrenceKernels<TRung> : RecurrenceKernels
    where TRung : unmanaged, IRung<TRung>
{
    internal override void Convolve(in ConvolutionTask task) => CausalConvolution<TRung>.Run(task);

    internal override void SelectiveScan(in SelectiveScanTask task) => SelectiveScan<TRung>.Run(task);

    internal override void LinearScan(in HeadTask task) => LinearScan<TRung>.Run(task);

    internal override void DeltaRule(in HeadTask task) => DeltaRule<TRung>.Run(task);

    internal override void GeneralDeltaRule(in HeadTask task) => GeneralDeltaRule<TRung>.Run(task);
}
