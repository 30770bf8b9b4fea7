using System.Globalization;

namespace Hearth.Kernels.Threading;

/// <summary>
/// Reads a <see cref="ProcessorSurvey"/> from the kernel's files under a root. Any of them may be missing or nonsense, in
/// containers, emulators and virtual machines: such a file counts as absent.
/// </summary>
internal sealed class LinuxProcessors
{
    /// <summary>
    /// A core belongs to the fastest class from this share of the best one's capacity: efficiency cores reach at most 0.65 (Zen 5c's
    /// clock against Zen 5's), while turbo bins within a class differ by less than a tenth, and "big" beside "prime" ARM cores by a fifth.
    /// </summary>
    private const double FastClass = 0.7;

    private readonly string root;

    private LinuxProcessors(string root) => this.root = root;

    /// <summary>Surveys the machine whose file system begins at <paramref name="root"/>.</summary>
    /// <param name="root">Normally "/".</param>
    /// <param name="fallback">Number of processors when the files name none.</param>
    public static ProcessorSurvey Read(string root, int fallback) => new LinuxProcessors(root).Read(fallback);

    private ProcessorSurvey Read(int fallback)
    {
        var quota = new ControlGroupQuota(root).Read();
        var allowed = AllowedProcessors();
        if (allowed.Count == 0)
            return ProcessorSurvey.Unknown(fallback) with { Quota = quota };

        // First hardware thread of each core: the file lists a core's threads, so equal lists are one core.
        var cores = allowed.GroupBy(CoreOf).Select(threads => threads.Min()).Order().ToList();
        return new ProcessorSurvey(allowed.Count, cores.Count, Fastest(cores), quota, LastLevelCacheBytes(allowed[0]));
    }

    /// <summary>The affinity mask of this process, less the processors that are off.</summary>
    private List<int> AllowedProcessors()
    {
        const string Mask = "Cpus_allowed_list:";
        var status = KernelFile.Lines(root, "proc/self/status").FirstOrDefault(line => line.StartsWith(Mask, StringComparison.Ordinal));
        var allowed = KernelFile.ParseList(status?[Mask.Length..]);
        var online = KernelFile.ParseList(KernelFile.Text(root, "sys/devices/system/cpu/online"));
        if (allowed.Count == 0)
            return online;
        var both = allowed.Intersect(online).ToList();
        return both.Count == 0 ? allowed : both;
    }

    private string CoreOf(int processor)
    {
        var topology = $"sys/devices/system/cpu/cpu{Text(processor)}/topology/";
        return KernelFile.Text(root, topology + "core_cpus_list")
            ?? KernelFile.Text(root, topology + "thread_siblings_list")
            ?? Text(processor);
    }

    private List<int> Fastest(List<int> cores)
    {
        // Intel's hybrid processors name their two classes as two performance counter units.
        var performance = KernelFile.ParseList(KernelFile.Text(root, "sys/devices/cpu_core/cpus"));
        var efficiency = KernelFile.ParseList(KernelFile.Text(root, "sys/devices/cpu_atom/cpus"));
        if (efficiency.Count > 0)
        {
            var named = cores.Intersect(performance).ToList();
            if (named.Count > 0)
                return named;
        }

        var capacities = Capacities(cores, "cpu_capacity") ?? Capacities(cores, "cpufreq/cpuinfo_max_freq");
        if (capacities == null)
            return cores;
        var best = capacities.Max();
        return [.. cores.Where((_, i) => capacities[i] >= FastClass * best)];
    }

    /// <summary>A number for each core, or null unless every core has one and they differ.</summary>
    private List<long>? Capacities(List<int> cores, string file)
    {
        var values = cores.ConvertAll(core => KernelFile.Number(root, $"sys/devices/system/cpu/cpu{Text(core)}/{file}") ?? 0);
        return values.TrueForAll(value => value > 0) && values.Distinct().Count() > 1 ? values : null;
    }

    private long LastLevelCacheBytes(int processor)
    {
        long best = 0;
        for (var index = 0; index < 8; index++)
        {
            var size = KernelFile.Text(root, $"sys/devices/system/cpu/cpu{Text(processor)}/cache/index{Text(index)}/size");
            best = Math.Max(best, ParseSize(size));
        }

        return best;
    }

    /// <summary>Sizes read like "32768K" or "8M".</summary>
    private static long ParseSize(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
        var shift = text[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        var digits = shift == 0 ? text : text[..^1];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? (long)size << shift : 0;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
