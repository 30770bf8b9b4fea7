using System.Buffers.Binary;
using System.Text;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.Gguf;

/// <summary>
/// Writes a GGUF file of version 3: keys and tensors are announced first, then the contents stream out tensor by tensor. The same
/// keys and contents give the same bytes. Not thread-safe.
/// </summary>
public sealed class GgufWriter
{
    private const int CopyBytes = 1 << 20;

    private readonly GgufMetadata metadata;
    private readonly uint alignment;
    private readonly List<Entry> entries = [];
    private readonly HashSet<string> names = [];
    private long dataLength;

    /// <summary>Starts a file with these keys; their <c>general.alignment</c> (32 where it is missing) places the tensors.</summary>
    /// <exception cref="ArgumentException">The alignment is not of type UInt32 or no power of two.</exception>
    public GgufWriter(GgufMetadata metadata)
    {
        this.metadata = metadata;
        alignment = GgufLayout.DefaultAlignment;
        if (metadata.TryGetValue(GgufLayout.AlignmentKey, out var value))
        {
            alignment = value.Type == GgufValueType.UInt32 ? (uint)value.Bits : 0;
            if (!GgufLayout.IsAlignment(alignment))
            {
                throw new ArgumentException(
                    $"Key '{GgufLayout.AlignmentKey}' is {value} of type {value.Type}; it has to be a power of two of type UInt32.",
                    nameof(metadata));
            }
        }
    }

    /// <summary>Announces a tensor.</summary>
    /// <param name="name">Its name, at most 63 bytes of UTF-8, not announced before.</param>
    /// <param name="type">Its element or block type.</param>
    /// <param name="dimensions">Up to four sizes, a row's length first.</param>
    /// <param name="writeContent">
    /// Called once for each writing, in the order of announcement, with a stream that takes exactly the tensor's bytes.
    /// </param>
    /// <exception cref="ArgumentException">The name is too long or taken, or type and dimensions do not make a tensor.</exception>
    public void Add(string name, WeightType type, ReadOnlySpan<long> dimensions, Action<Stream> writeContent)
    {
        ArgumentNullException.ThrowIfNull(writeContent);
        if (Encoding.UTF8.GetByteCount(name) > GgufLayout.MaxNameBytes)
            throw new ArgumentException($"Tensor '{name}' has a name of more than {GgufLayout.MaxNameBytes} bytes.", nameof(name));
        if (dimensions.Length > GgufLayout.MaxDimensions)
            throw new ArgumentException($"Tensor '{name}' has {dimensions.Length} dimensions; the limit is {GgufLayout.MaxDimensions}.");
        if (!GgufLayout.TryMeasure(type, dimensions, out _, out var bytes, out var problem))
            throw new ArgumentException($"Tensor '{name}' {problem}.", nameof(dimensions));
        if (!names.Add(name))
            throw new ArgumentException($"Tensor '{name}' was added before.", nameof(name));

        entries.Add(new Entry(name, type, dimensions.ToArray(), dataLength, bytes, writeContent));
        dataLength = GgufLayout.Align(checked(dataLength + bytes), alignment);
    }

    /// <summary>Announces a tensor that is copied from an open file, which stays open until this one is written.</summary>
    /// <exception cref="ArgumentException">The name was announced before.</exception>
    public void Add(GgufTensor tensor)
    {
        Add(tensor.Name, tensor.Type, tensor.Dimensions, stream =>
        {
            for (long start = 0; start < tensor.ByteLength; start += CopyBytes)
                stream.Write(tensor.Slice(start, Math.Min(CopyBytes, tensor.ByteLength - start)));
        });
    }

    /// <summary>Writes the file whole or not at all: it replaces what is at the path only when it is complete and on the disk.</summary>
    /// <exception cref="InvalidOperationException">A tensor's content had another length than its type and dimensions say.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Write);
    }

    /// <summary>Writes the file's bytes to a stream, which stays open.</summary>
    /// <exception cref="InvalidOperationException">A tensor's content had another length than its type and dimensions say.</exception>
    public void Write(Stream stream)
    {
        var output = new CountingStream(stream, long.MaxValue);
        WriteHeader(output);
        foreach (var entry in entries)
        {
            var content = new CountingStream(output, entry.Bytes);
            entry.WriteContent(content);
            if (content.Count != entry.Bytes)
            {
                throw new InvalidOperationException(
                    $"{content.Count} bytes were written of tensor '{entry.Name}', which has {entry.Bytes}.");
            }

            Pad(output);
        }
    }

    private void WriteHeader(CountingStream output)
    {
        using var writer = new BinaryWriter(output, Encoding.UTF8, leaveOpen: true);
        writer.Write(GgufLayout.Magic);
        writer.Write(GgufLayout.Version);
        writer.Write((ulong)entries.Count);
        writer.Write((ulong)metadata.Count);
        foreach (var (key, value) in metadata)
        {
            WriteString(writer, Encoding.UTF8.GetBytes(key));
            writer.Write((uint)value.Type);
            WriteValue(writer, value);
        }

        foreach (var entry in entries)
        {
            WriteString(writer, Encoding.UTF8.GetBytes(entry.Name));
            writer.Write(entry.Dimensions.Length);
            foreach (var dimension in entry.Dimensions)
                writer.Write(dimension);
            writer.Write((uint)entry.Type);
            writer.Write(entry.Offset);
        }

        writer.Flush();
        Pad(output);
    }

    private static void WriteValue(BinaryWriter writer, GgufValue value)
    {
        if (value.IsArray)
        {
            writer.Write((uint)value.ElementType);
            writer.Write((ulong)value.Count);
            if (value.Strings is not { } strings)
            {
                writer.Write(value.ElementBytes);
                return;
            }

            for (var i = 0; i < strings.Count; i++)
                WriteString(writer, strings.Utf8(i));
        }
        else if (value.Text is { } text)
        {
            WriteString(writer, Encoding.UTF8.GetBytes(text));
        }
        else
        {
            Span<byte> bits = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(bits, value.Bits);
            writer.Write(bits[..GgufScalar.Size(value.Type)]);
        }
    }

    private static void WriteString(BinaryWriter writer, ReadOnlySpan<byte> utf8)
    {
        writer.Write((ulong)utf8.Length);
        writer.Write(utf8);
    }

    private void Pad(CountingStream output)
    {
        Span<byte> zeros = stackalloc byte[32];
        zeros.Clear();
        for (var rest = GgufLayout.Align(output.Count, alignment) - output.Count; rest > 0;)
        {
            var count = (int)Math.Min(rest, zeros.Length);
            output.Write(zeros[..count]);
            rest -= count;
        }
    }

    private sealed record Entry(string Name, WeightType Type, long[] Dimensions, long Offset, long Bytes, Action<Stream> WriteContent);
}
