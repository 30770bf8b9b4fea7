using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Memory;

/// <summary>A piece of an <see cref="Arena"/>: valid until the mark before it is released. Null while the arena only measures.</summary>
public readonly unsafe struct Slice
{
    internal Slice(byte* pointer, long length)
    {
        Pointer = pointer;
        Length = length;
    }

    /// <summary>The first byte, aligned to <see cref="AlignedBuffer.Alignment"/>; null while measuring.</summary>
    public byte* Pointer { get; }

    /// <summary>Length in bytes, as asked for.</summary>
    public long Length { get; }

    /// <summary>The slice as values.</summary>
    /// <exception cref="OverflowException">More values than a span can hold.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
        => Pointer == null ? [] : new Span<T>(Pointer, checked((int)(Length / Unsafe.SizeOf<T>())));
}
