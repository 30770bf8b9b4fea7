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
    private readonly int byteLength;
    private readonly Lazy<int[]>? ends;

    internal GgufStringArray(string[] values)
    {
        this.values = values;
        Count = values.Length;
    }

    /// <summary>Names strings in a file whose lengths have been checked.</summary>
    internal GgufStringArray(MappedFile map, long start, int byteLength, int count)
    {
        this.map = map;
        this.start = start;
        this.byteLength = byteLength;
        Count = count;
        ends = new Lazy<int[]>(FindEnds);
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

    // Each string has its length in front, as a u64.
    private ReadOnlySpan<byte> MappedUtf8(int index)
    {
        var found = ends!.Value;
        var first = (index == 0 ? 0 : found[index - 1]) + sizeof(ulong);
        return map!.Bytes(start + first, found[index] - first);
    }

    private int[] FindEnds()
    {
        var found = new int[Count];
        var bytes = map!.Bytes(start, byteLength);
        var at = 0;
        foreach (ref var end in found.AsSpan())
        {
            at += sizeof(ulong) + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            end = at;
        }

        return found;
    }
}
