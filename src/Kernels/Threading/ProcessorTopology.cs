namespace Hearth.Kernels.Threading;

/// <summary>
/// What this process may compute on, read once: on Linux from <c>/sys</c> and <c>/proc</c> (cores, their classes, caches, the
/// affinity mask and the container's quota), elsewhere from <see cref="Environment.ProcessorCount"/>.
/// </summary>
public static class ProcessorTopology
{
    private static readonly ProcessorSurvey Survey = OperatingSystem.IsLinux()
        ? LinuxProcessors.Read("/", Environment.ProcessorCount)
        : ProcessorSurvey.Unknown(Environment.ProcessorCount);

    /// <summary>Hardware threads that the affinity mask allows.</summary>
    public static int LogicalProcessors => Survey.LogicalProcessors;

    /// <summary>Cores behind them: hardware threads of one core count once.</summary>
    public static int PhysicalCores => Survey.PhysicalCores;

    /// <summary>Cores of the fastest class: all of them, except on hybrid processors.</summary>
    public static int PerformanceCores => Survey.PreferredProcessors.Count;

    /// <summary>The first hardware thread of each performance core.</summary>
    public static IReadOnlyList<int> PreferredProcessors => Survey.PreferredProcessors;

    /// <summary>Processor time that the control group grants per unit of time, such as 1.5; null without a limit.</summary>
    public static double? Quota => Survey.Quota;

    /// <summary>Bytes of the largest cache of the first processor, shared or not; 0 if unknown.</summary>
    public static long LastLevelCacheBytes => Survey.LastLevelCacheBytes;

    /// <summary>
    /// One thread a performance core, and no more than the quota pays for: matrix kernels fill a core's ports with one thread, and
    /// a slow core holds up every join.
    /// </summary>
    public static int DefaultThreads => Survey.DefaultThreads;
}
