using System.Runtime.InteropServices;

namespace Hearth.Kernels.Tests.Matmul;

/// <summary>
/// Memory that ends at a page which may not be touched: one byte too far and the process dies. Where there is no mmap, the bytes behind
/// the end are canaries that <see cref="Dispose"/> checks for writes. Starts as poison, 0x7F in every byte.
/// </summary>
internal sealed unsafe partial class GuardedBuffer : IDisposable
{
    private const byte Poison = 0x7F;
    private const int CanaryBytes = 4096;

    private readonly void* block;
    private readonly nuint blockBytes;

    public GuardedBuffer(long bytes)
    {
        Bytes = bytes;
        if (OperatingSystem.IsLinux())
        {
            nuint page = (nuint)Environment.SystemPageSize;
            nuint data = ((nuint)bytes + page - 1) / page * page;
            blockBytes = data + page;
            block = Map(null, blockBytes, 3, 0x22, -1, 0);
            if (block == (void*)-1 || Protect((byte*)block + data, page, 0) != 0)
                throw new InvalidOperationException($"mmap: error {Marshal.GetLastPInvokeError()}.");
            Pointer = (byte*)block + (data - (nuint)bytes);
        }
        else
        {
            block = NativeMemory.Alloc((nuint)bytes + CanaryBytes);
            Pointer = (byte*)block;
            new Span<byte>(Pointer + bytes, CanaryBytes).Fill(Poison);
        }

        new Span<byte>(Pointer, checked((int)bytes)).Fill(Poison);
    }

    public byte* Pointer { get; }

    public long Bytes { get; }

    public static GuardedBuffer Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var buffer = new GuardedBuffer((long)values.Length * sizeof(T));
        MemoryMarshal.AsBytes(values).CopyTo(new Span<byte>(buffer.Pointer, checked((int)buffer.Bytes)));
        return buffer;
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(block, blockBytes);
            return;
        }

        bool whole = new ReadOnlySpan<byte>(Pointer + Bytes, CanaryBytes).IndexOfAnyExcept(Poison) < 0;
        NativeMemory.Free(block);
        Assert.True(whole, "A kernel wrote behind the end.");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nuint length);
}
