using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.Gguf;

/// <summary>A tensor in an open file: where its bytes are and what they mean. Valid until the file is disposed.</summary>
public sealed class GgufTensor
{
    private readonly Func<MappedFile>? derive;
    private readonly Lock gate = new();
    private readonly long[] dimensions;
    private MappedFile? map;

    internal GgufTensor(MappedFile map, string name, WeightType type, long[] dimensions, long elementCount, long offset, long byteLength)
    {
        this.map = map;
        this.dimensions = dimensions;
        Name = name;
        Type = type;
        ElementCount = elementCount;
        Offset = offset;
        ByteLength = byteLength;
    }

    /// <summary>A tensor whose bytes are made when they are asked for, and again when they are asked for after their release.</summary>
    internal GgufTensor(Func<MappedFile> derive, string name, WeightType type, long[] dimensions, long elementCount, long byteLength)
    {
        this.derive = derive;
        this.dimensions = dimensions;
        Name = name;
        Type = type;
        ElementCount = elementCount;
        ByteLength = byteLength;
    }

    /// <summary>The name, unique in the file.</summary>
    public string Name { get; }

    /// <summary>The element or block type.</summary>
    public WeightType Type { get; }

    /// <summary>Up to four sizes, the fastest-running one (a row's length) first; none for a single number.</summary>
    public ReadOnlySpan<long> Dimensions => dimensions;

    /// <summary>The product of the dimensions.</summary>
    public long ElementCount { get; }

    /// <summary>Where the tensor begins, in bytes from the start of the file that holds it (the part, where a model is split).</summary>
    public long Offset { get; }

    /// <summary>Bytes.</summary>
    public long ByteLength { get; }

    /// <summary>Whether the bytes are made of other tensors, all at once, instead of mapped.</summary>
    internal bool IsDerived => derive is not null;

    /// <summary>The address of the first byte in memory; <see cref="ByteLength"/> bytes can be read there.</summary>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public nint Address => Map.Address + (nint)Offset;

    /// <summary>The bytes of a tensor below 2 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor is larger; use <see cref="Slice"/> or <see cref="Address"/>.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public ReadOnlySpan<byte> Bytes => Slice(0, ByteLength);

    /// <summary>A part of the bytes, below 2 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the tensor, or is too long for a span.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public ReadOnlySpan<byte> Slice(long start, long length)
    {
        if (start < 0 || length < 0 || start > ByteLength || length > ByteLength - start)
            throw new ArgumentOutOfRangeException(nameof(start), $"{length} bytes at {start} do not lie in the {ByteLength} bytes of {Name}.");
        return Map.Bytes(Offset + start, length);
    }

    /// <summary>Asks the system to read the tensor ahead of its use. Advice only.</summary>
    public void Prefetch() => Prefetch(0, ByteLength);

    /// <summary>As <see cref="Prefetch()"/>, for a part of the tensor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the tensor's file.</exception>
    internal void Prefetch(long start, long length)
    {
        if (derive is null)
            Map.Prefetch(Offset + start, length);
    }

    /// <summary>
    /// Tells the system that the tensor's pages need not stay in memory, as after repacking. They are read again from the file
    /// if they are used after all. Advice only.
    /// </summary>
    public void Release() => Release(0, ByteLength);

    /// <summary>As <see cref="Release()"/>, for a part of the tensor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the tensor's file.</exception>
    internal void Release(long start, long length)
    {
        if (derive is null)
        {
            Map.Release(Offset + start, length);
        }
        else if (start + length == ByteLength)
        {
            DisposeDerived();
        }
    }

    /// <summary>Frees bytes that were made.</summary>
    internal void DisposeDerived()
    {
        if (derive is null)
            return;
        lock (gate)
        {
            map?.Dispose();
            map = null;
        }
    }

    private MappedFile Map
    {
        get
        {
            if (derive is null)
                return map!;
            lock (gate)
                return map ??= derive();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{string.Join(", ", dimensions)}] {Type}";
}
