using System.Buffers.Binary;
using System.Collections;
using System.Text;

namespace Hearth.Engine.Files.Gguf;

/// <summary>
/// The strings of a metadata array, such as a vocabulary. Those of a file are decoded when they are asked for, every time anew:
/// opening a file with 256 thousand tokens costs a walk over their lengths, and nothing is kept twice.
/// </summary>
/// <remarks>Thread-safe. The strings of a file can be read until the file is disposed.</remarks>
public sealed class GgufStringArray : IReadOnlyList<string>
{
    private readonly string[]? values;
    private readonly MappedFile? map;
    private readonly long start;
    private readonly Lazy<long[]>? offsets;

    internal GgufStringArray(string[] values)
    {
        this.values = values;
        Count = values.Length;
    }

    /// <summary>Names strings in a file whose lengths have been checked; <paramref name="start"/> is the first length field.</summary>
    internal GgufStringArray(MappedFile map, long start, int count)
    {
        this.map = map;
        this.start = start;
        Count = count;
        offsets = new Lazy<long[]>(FindStrings);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public string this[int index] => values is not null ? values[index] : Encoding.UTF8.GetString(MappedUtf8(index));

    /// <summary>A string's bytes as they are in the file, without decoding: valid until the file is disposed.</summary>
    /// <param name="index">From zero to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<byte> Utf8(int index)
        => values is not null ? Encoding.UTF8.GetBytes(values[index]) : MappedUtf8(index);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    /// <summary>All strings, decoded, in an array of the caller's own.</summary>
    public string[] ToArray()
    {
        var copy = new string[Count];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = this[i];
        return copy;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlySpan<byte> MappedUtf8(int index)
    {
        var offset = offsets!.Value[index];
        return map!.Bytes(offset + sizeof(ulong), StringLength(offset));
    }

    private long[] FindStrings()
    {
        var found = new long[Count];
        var offset = start;
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = offset;
            offset += sizeof(ulong) + StringLength(offset);
        }

        return found;
    }

    private long StringLength(long offset) => BinaryPrimitives.ReadInt64LittleEndian(map!.Bytes(offset, sizeof(ulong)));
}
