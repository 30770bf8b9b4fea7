namespace Hearth.Kernels.Threading;

/// <summary>The facts behind <see cref="ProcessorTopology"/>; see there.</summary>
internal sealed record ProcessorSurvey(
    int LogicalProcessors,
    int PhysicalCores,
    IReadOnlyList<int> PreferredProcessors,
    double? Quota,
    long LastLevelCacheBytes)
{
    /// <summary>
    /// A quota is rounded to the nearest thread: below one half, a further thread mostly waits to be let on again, and its
    /// spinning is charged too.
    /// </summary>
    public int DefaultThreads => Math.Clamp(
        (int)Math.Round(Math.Min(Quota ?? WorkerPool.MaxThreads, WorkerPool.MaxThreads), MidpointRounding.AwayFromZero),
        1,
        Math.Clamp(PreferredProcessors.Count, 1, WorkerPool.MaxThreads));

    /// <summary>A machine that says no more than its number of processors.</summary>
    public static ProcessorSurvey Unknown(int processors) => new(processors, processors, [.. Enumerable.Range(0, processors)], null, 0);
}
