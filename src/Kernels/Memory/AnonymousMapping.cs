using System.Runtime.InteropServices;

namespace Hearth.Kernels.Memory;

/// <summary>
/// Memory mapped from the Linux kernel with the advice to back it by huge pages. The advice must stand before the first touch:
/// a page once faulted in at 4 KB stays so. Kernels set to <c>madvise</c> or <c>always</c> follow it, others ignore it.
/// </summary>
internal static unsafe partial class AnonymousMapping
{
    private const int ProtectionReadWrite = 0x1 | 0x2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int AdviseHugePage = 14;

    /// <summary>Maps zeroed memory that begins at a multiple of <paramref name="hugePage"/>; false where that cannot be had.</summary>
    public static bool TryMap(nuint bytes, nuint hugePage, out byte* mapping, out nuint mappedBytes)
    {
        mapping = null;
        mappedBytes = 0;
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            var length = MappedLength(bytes, hugePage);
            var reserved = (byte*)Map(null, length + hugePage, ProtectionReadWrite, PrivateAnonymous, -1, 0);
            if (reserved == (void*)-1)
                return false;

            mapping = (byte*)(((nuint)reserved + hugePage - 1) & ~(hugePage - 1));
            var head = (nuint)(mapping - reserved);
            if (head != 0)
                Unmap(reserved, head);
            if (head != hugePage)
                Unmap(mapping + length, hugePage - head);
            mappedBytes = length;
            Advise(mapping, length, AdviseHugePage);
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Returns a mapping to the system.</summary>
    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(void* address, nuint bytes);

    /// <summary>
    /// Whole huge pages where the rest of the last one is at most an eighth of the buffer; otherwise whole ordinary pages,
    /// so that a model of many small matrices does not pay a megabyte for each.
    /// </summary>
    private static nuint MappedLength(nuint bytes, nuint hugePage)
    {
        var whole = (bytes + hugePage - 1) & ~(hugePage - 1);
        var page = (nuint)Environment.SystemPageSize;
        return whole - bytes <= bytes / 8 ? whole : (bytes + page - 1) & ~(page - 1);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint bytes, int advice);
}
