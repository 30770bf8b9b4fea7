using BenchmarkDotNet.EventProcessors;
using BenchmarkDotNet.Running;

namespace Hearth.Perf.Micro.Measuring;

/// <summary>
/// Keeps for each benchmark what its setup said of its work and of the machine, for columns that are worked out when all have run.
/// </summary>
public sealed class Ledger : EventProcessor
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, (Work Work, Ceilings Ceilings)> Entries = [];
    private static string current = "";

    /// <summary>Called by a setup once the answer has been found right.</summary>
    /// <param name="work">One invocation's work.</param>
    /// <param name="ceilings">What the machine allows now.</param>
    public static void Declare(Work work, Ceilings ceilings = default)
    {
        lock (Gate)
            Entries[current] = (work, Entries.TryGetValue(current, out var before) ? before.Ceilings.Or(ceilings) : ceilings);
    }

    /// <summary>Called by a cleanup: what the machine allows after the measurement.</summary>
    public static void ProbedAgain(Ceilings ceilings)
    {
        lock (Gate)
        {
            if (Entries.TryGetValue(current, out var before))
                Entries[current] = (before.Work, before.Ceilings.Or(ceilings));
        }
    }

    /// <inheritdoc/>
    public override void OnStartRunBenchmark(BenchmarkCase benchmarkCase)
    {
        lock (Gate)
            current = benchmarkCase.DisplayInfo;
    }

    internal static (Work Work, Ceilings Ceilings) Of(BenchmarkCase benchmarkCase)
    {
        lock (Gate)
            return Entries.GetValueOrDefault(benchmarkCase.DisplayInfo);
    }
}
