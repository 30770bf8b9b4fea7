using System.Runtime.InteropServices;

namespace Hearth.Kernels.Threading;

/// <summary>Ties the calling thread to a processor, where the system offers it.</summary>
internal static unsafe partial class ThreadAffinity
{
    /// <summary>Bits of the kernel's processor mask: enough for the largest Linux configuration.</summary>
    private const int MaskBits = 8192;

    /// <summary>Ties the calling thread to the preferred processor of that index, counted around; false where nothing came of it.</summary>
    public static bool Pin(int worker)
    {
        var processors = ProcessorTopology.PreferredProcessors;
        return processors.Count > 0 && TrySet(processors[worker % processors.Count]);
    }

    private static bool TrySet(int processor)
    {
        if (!OperatingSystem.IsLinux() || processor is < 0 or >= MaskBits)
            return false;
        var mask = stackalloc nuint[MaskBits / (8 * sizeof(nuint))];
        var bitsPerWord = 8 * sizeof(nuint);
        new Span<nuint>(mask, MaskBits / bitsPerWord).Clear();
        mask[processor / bitsPerWord] = (nuint)1 << (processor % bitsPerWord);
        try
        {
            return SetAffinity(0, MaskBits / 8, mask) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Thread 0 is the calling one.</summary>
    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint maskBytes, nuint* mask);
}
