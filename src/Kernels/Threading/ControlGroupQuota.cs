namespace Hearth.Kernels.Threading;

/// <summary>
/// The processor time that control groups grant this process, in processors. Version 2 keeps "quota period" in <c>cpu.max</c>, version 1
/// two files.
/// </summary>
internal sealed class ControlGroupQuota(string root)
{
    /// <summary>The tightest limit; null without one.</summary>
    public double? Read() => new ControlGroups(root).Least("cpu", Version2, Version1);

    private static double? Limit(long? quota, long? period) => quota > 0 && period > 0 ? (double)quota / (double)period : null;

    private double? Version2(string folder)
    {
        var parts = KernelFile.Text(root, folder + "cpu.max")?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts?.Length == 2 ? Limit(KernelFile.ParseNumber(parts[0]), KernelFile.ParseNumber(parts[1])) : null;
    }

    private double? Version1(string folder)
        => Limit(KernelFile.Number(root, folder + "cpu.cfs_quota_us"), KernelFile.Number(root, folder + "cpu.cfs_period_us"));
}
