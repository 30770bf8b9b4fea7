namespace Hearth.Kernels.Threading;

/// <summary>
/// The processor time that control groups grant this process, in processors: the smallest limit of its group and the groups
/// around it. Version 2 keeps "quota period" in <c>cpu.max</c>, version 1 two files; a container may see its own group as the root.
/// </summary>
internal sealed class ControlGroupQuota(string root)
{
    private const string Mount = "sys/fs/cgroup/";

    /// <summary>The tightest limit; null without one.</summary>
    public double? Read()
    {
        double? quota = null;
        foreach (var line in KernelFile.Lines(root, "proc/self/cgroup"))
        {
            // hierarchy:controllers:path; version 2 is hierarchy 0 without controllers.
            var parts = line.Split(':', 3);
            if (parts.Length != 3)
                continue;

            // "/../other" is a group above the namespace's root: only what the mount itself shows can be read.
            var path = parts[2].Contains("..", StringComparison.Ordinal) ? "" : parts[2];
            if (parts[0] == "0" && parts[1].Length == 0)
            {
                quota = Tightest(quota, Mount, path, Version2);
                quota = Tightest(quota, Mount + "unified/", path, Version2);
            }
            else if (parts[1].Split(',').Contains("cpu"))
            {
                quota = Tightest(quota, Mount + "cpu/", path, Version1);
                quota = Tightest(quota, Mount + parts[1] + "/", path, Version1);
            }
        }

        return quota;
    }

    /// <summary>Walks from the group to the mount point, whose own files stand for the container's group.</summary>
    private static double? Tightest(double? quota, string mount, string path, Func<string, double?> limit)
    {
        for (var group = path.Trim('/'); ; group = group[..Math.Max(group.LastIndexOf('/'), 0)])
        {
            if (limit(group.Length == 0 ? mount : mount + group + "/") is { } found && !(quota <= found))
                quota = found;
            if (group.Length == 0)
                return quota;
        }
    }

    private static double? Limit(long? quota, long? period) => quota > 0 && period > 0 ? (double)quota / (double)period : null;

    private double? Version2(string folder)
    {
        var parts = KernelFile.Text(root, folder + "cpu.max")?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts?.Length == 2 ? Limit(KernelFile.ParseNumber(parts[0]), KernelFile.ParseNumber(parts[1])) : null;
    }

    private double? Version1(string folder)
        => Limit(KernelFile.Number(root, folder + "cpu.cfs_quota_us"), KernelFile.Number(root, folder + "cpu.cfs_period_us"));
}
