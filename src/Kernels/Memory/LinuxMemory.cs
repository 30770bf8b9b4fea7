using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Memory;

/// <summary>
/// Reads from the kernel's files under a root how much memory this process can still take: what the machine has, and what its control
/// groups leave of their limits. Pages of files count as free in both, because the kernel gives them up first.
/// </summary>
/// <param name="root">Normally "/".</param>
internal sealed class LinuxMemory(string root)
{
    private const string MachineFile = "proc/meminfo";

    /// <summary>Bytes; null if the files do not say.</summary>
    public long? Available()
    {
        long? machine = Kilobytes("MemAvailable:");
        double? groups = new ControlGroups(root).Least("memory", Version2, Version1);
        return groups is { } left && !(machine <= left) ? (long)left : machine;
    }

    /// <summary>Bytes that can still be moved out to swap space; 0 if the files do not say.</summary>
    public long Swap() => Kilobytes("SwapFree:") ?? 0;

    private double? Version2(string folder)
        => Left(folder, "memory.max", "memory.current", "");

    private double? Version1(string folder)
        => Left(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_");

    /// <summary>The limit less what is used and cannot be given up; version 2 writes "max" for no limit, version 1 a number near 2^63.</summary>
    private double? Left(string folder, string limitFile, string usedFile, string prefix)
    {
        long? limit = KernelFile.Number(root, folder + limitFile);
        long? used = KernelFile.Number(root, folder + usedFile);
        if (limit is not >= 0 || used is not >= 0)
            return null;
        double kept = used.Value;
        foreach (string line in KernelFile.Lines(root, folder + "memory.stat"))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 2 && (parts[0] == prefix + "inactive_file" || parts[0] == prefix + "active_file"))
                kept -= Math.Max(KernelFile.ParseNumber(parts[1]) ?? 0, 0);
        }

        return Math.Max(limit.Value - Math.Max(kept, 0), 0);
    }

    private long? Kilobytes(string key)
    {
        string? line = KernelFile.Lines(root, MachineFile).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        var parts = line?[key.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts is [var number, "kB"] && KernelFile.ParseNumber(number) is >= 0 and < long.MaxValue >> 10 and var count ? count << 10 : null;
    }
}
