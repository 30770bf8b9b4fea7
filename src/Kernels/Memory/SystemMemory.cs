namespace Hearth.Kernels.Memory;

/// <summary>
/// How much memory this process can still take. On Linux what the machine has available and its container allows; elsewhere all memory
/// of the machine, because a number that is too small would refuse models that fit.
/// </summary>
/// <param name="AvailableBytes">Bytes that can be taken without swapping.</param>
/// <param name="SwapBytes">Bytes of free swap space, 0 if unknown.</param>
public readonly record struct SystemMemory(long AvailableBytes, long SwapBytes)
{
    /// <summary>Reads the numbers as they are now.</summary>
    public static SystemMemory Read()
    {
        long all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!OperatingSystem.IsLinux())
            return new SystemMemory(all, 0);
        var system = new LinuxMemory("/");
        return new SystemMemory(system.Available() ?? all, system.Swap());
    }
}
