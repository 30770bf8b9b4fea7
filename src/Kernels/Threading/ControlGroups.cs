namespace Hearth.Kernels.Threading;

/// <summary>
/// The control groups around this process: its own and those that it lies in. Version 2 has one tree for all controllers, version 1 a
/// tree for each; a container may see its own group as the root.
/// </summary>
/// <param name="root">Where the file system begins: normally "/".</param>
internal sealed class ControlGroups(string root)
{
    private const string Mount = "sys/fs/cgroup/";

    /// <summary>The least of what the groups allow.</summary>
    /// <param name="controller">The controller's name in version 1.</param>
    /// <param name="version2">What a group of version 2 allows, by its folder; null without a limit.</param>
    /// <param name="version1">The same for version 1.</param>
    public double? Least(string controller, Func<string, double?> version2, Func<string, double?> version1)
    {
        double? least = null;
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
                least = Least(least, Mount, path, version2);
                least = Least(least, Mount + "unified/", path, version2);
            }
            else if (parts[1].Split(',').Contains(controller))
            {
                least = Least(least, $"{Mount}{controller}/", path, version1);
                least = Least(least, $"{Mount}{parts[1]}/", path, version1);
            }
        }

        return least;
    }

    /// <summary>Walks from the group to the mount point, whose own files stand for the container's group.</summary>
    private static double? Least(double? least, string mount, string path, Func<string, double?> limit)
    {
        for (var group = path.Trim('/'); ; group = group[..Math.Max(group.LastIndexOf('/'), 0)])
        {
            if (limit(group.Length == 0 ? mount : mount + group + "/") is { } found && !(least <= found))
                least = found;
            if (group.Length == 0)
                return least;
        }
    }
}
