using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Hearth.Kernels.Memory;

namespace Hearth.Engine.Files;

/// <summary>
/// A file's bytes at one address, of any length, without reading them: a read-only memory map, or memory that somebody else
/// owns. The only place in Engine that touches pointers; everybody else asks for spans that were checked against the length.
/// </summary>
/// <remarks>
/// Reading is thread-safe. Spans and addresses are valid until <see cref="Dispose"/>; the caller sees to it that nobody reads any
/// longer. A file that another process shortens while it is mapped ends this process when the lost pages are read.
/// </remarks>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private const int AdviceWillNeed = 3;
    private const int AdviceDontNeed = 4;

    private readonly MemoryMappedViewAccessor? view;
    private readonly IDisposable? owner;
    private byte* start;
    private bool disposed;

    private MappedFile(string name, byte* start, long length, MemoryMappedViewAccessor? view, IDisposable? owner)
    {
        Name = name;
        Length = length;
        this.start = start;
        this.view = view;
        this.owner = owner;
    }

    /// <summary>The path as it was given, or the name of the memory: what messages call it.</summary>
    public string Name { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>The address of the first byte.</summary>
    /// <exception cref="ObjectDisposedException">The map is closed.</exception>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return (nint)start;
        }
    }

    /// <summary>Maps a file.</summary>
    /// <exception cref="InvalidModelException">The path is no readable file.</exception>
    public static MappedFile Open(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidModelException($"{path}: is a folder, not a file.");

        try
        {
            // A pipe has no length and cannot be mapped, and opening one would wait for somebody who writes to it.
            if (new FileInfo(path) is { Exists: true, Length: 0 })
                return new MappedFile(path, null, 0, null, null);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            var length = stream.Length;
            if (length == 0)
                return new MappedFile(path, null, 0, null, null);

            // The view alone keeps the mapping alive.
            using var file = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return new MappedFile(path, start + view.PointerOffset, length, view, null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidModelException($"{path}: there is no such file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidModelException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Names memory that is readable for as long as the map is used.</summary>
    public static MappedFile OfMemory(string name, nint address, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > 0)
            ArgumentOutOfRangeException.ThrowIfZero(address);
        return new MappedFile(name, (byte*)address, length, null, null);
    }

    /// <summary>Names a stream's memory, such as an embedded resource's; the stream is disposed with the map.</summary>
    public static MappedFile OfMemory(string name, UnmanagedMemoryStream stream)
    {
        stream.Position = 0;
        return new MappedFile(name, stream.PositionPointer, stream.Length, null, stream);
    }

    /// <summary>Memory of its own, filled by the caller piece by piece; freed with the map.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="step">Bytes of a piece but perhaps the last, at most 2 GiB.</param>
    /// <param name="fill">Called for each piece in order with its offset.</param>
    /// <exception cref="InsufficientMemoryException">The system has not that much memory to give.</exception>
    public static MappedFile Filled(string name, long length, long step, Action<long, Span<byte>> fill)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, int.MaxValue);
        var buffer = new AlignedBuffer(length, zeroed: false);
        try
        {
            for (long at = 0; at < length; at += step)
                fill(at, new Span<byte>(buffer.Pointer + at, (int)Math.Min(step, length - at)));
            return new MappedFile(name, buffer.Pointer, length, null, buffer);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>A view of <paramref name="length"/> bytes, at most 2 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the file or is longer than a span can be.</exception>
    /// <exception cref="ObjectDisposedException">The map is closed.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        CheckRange(offset, length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, int.MaxValue);
        return new ReadOnlySpan<byte>(start + offset, (int)length);
    }

    /// <summary>Asks the system to read a range ahead of its use. Advice only: without effect where it is not supported.</summary>
    public void Prefetch(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        CheckRange(offset, length);
        if (CanAdvise(length))
        {
            var first = offset & -Environment.SystemPageSize;
            _ = Advise((nint)(start + first), (nuint)(offset + length - first), AdviceWillNeed);
        }
    }

    /// <summary>
    /// Tells the system that a range's pages need not stay in this process. They are read again from the file if they are used
    /// after all. Only pages that lie wholly in the range are given back.
    /// </summary>
    public void Release(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        CheckRange(offset, length);
        if (CanAdvise(length))
        {
            var pageMask = -(long)Environment.SystemPageSize;
            var first = (offset + Environment.SystemPageSize - 1) & pageMask;
            var end = offset + length == Length ? Length : (offset + length) & pageMask;
            if (end > first)
                _ = Advise((nint)(start + first), (nuint)(end - first), AdviceDontNeed);
        }
    }

    /// <summary>Unmaps the file. Every span and address into it dies.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        start = null;
        if (view is not null)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
        }
        owner?.Dispose();
    }

    private void CheckRange(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{Name}: {length} bytes at {offset} do not lie in its {Length} bytes.");
    }

    // Memory of others is never advised on: giving back pages that are not backed by a file would lose what was written to them.
    private bool CanAdvise(long length) => view is not null && length > 0 && OperatingSystem.IsLinux();

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
