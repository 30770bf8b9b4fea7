using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hearth.Engine.Tokenization;

/// <summary>
/// Byte strings, one per id, kept end to end in one block, and the way back from a string to its id by open addressing.
/// </summary>
/// <remarks>
/// Several times faster to fill than a dictionary of strings, and looked up by bytes in place. The hash multiplies by a factor
/// drawn at start, so that a file cannot be built to make all its pieces collide.
/// </remarks>
internal sealed class PieceTable
{
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    private readonly int[] starts; // [capacity + 1]
    private readonly int[] slots; // id + 1, or 0; a power of two, at most half full
    private readonly uint[] hashes; // [capacity]
    private byte[] bytes;
    private int count;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">The number of ids.</param>
    /// <param name="expectedBytes">About how long all strings are together.</param>
    /// <param name="findable">Whether ids will be looked up by their strings, or only strings by their ids.</param>
    public PieceTable(int capacity, int expectedBytes, bool findable = true)
    {
        starts = new int[capacity + 1];
        hashes = findable ? new uint[capacity] : [];
        slots = findable ? new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 4)) * 2] : [];
        bytes = new byte[Math.Max(expectedBytes, 256)];
    }

    /// <summary>The number of strings so far.</summary>
    public int Count => count;

    /// <summary>The length of the longest string that can be found.</summary>
    public int LongestKey { get; private set; }

    /// <summary>The string of an id.</summary>
    public ReadOnlySpan<byte> this[int id] => bytes.AsSpan(starts[id], starts[id + 1] - starts[id]);

    /// <summary>Room for the next string, to be filled and then passed to <see cref="Add"/> or <see cref="AddUnlisted"/>.</summary>
    public Span<byte> Reserve(int length)
    {
        var start = starts[count];
        if (bytes.Length - start < length) Array.Resize(ref bytes, checked(Math.Max(bytes.Length * 2, start + length)));
        return bytes.AsSpan(start, length);
    }

    /// <summary>Gives the reserved bytes the next id, without making them findable.</summary>
    public void AddUnlisted(int length)
    {
        starts[count + 1] = starts[count] + length;
        count++;
    }

    /// <summary>Gives the reserved bytes the next id.</summary>
    /// <returns>The id that already has these bytes, or -1; either way the new id is taken.</returns>
    public int Add(int length)
    {
        var id = count;
        AddUnlisted(length);
        LongestKey = Math.Max(LongestKey, length);
        var key = this[id];
        var hash = Hash(key);
        hashes[id] = hash;
        var mask = slots.Length - 1;
        var slot = (int)hash & mask;
        for (; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            var other = slots[slot] - 1;
            if (hashes[other] == hash && this[other].SequenceEqual(key)) return other;
        }

        slots[slot] = id + 1;
        return -1;
    }

    /// <summary>The id of a string, or -1.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        if (key.Length > LongestKey) return -1;
        var hash = Hash(key);
        var mask = slots.Length - 1;
        for (var slot = (int)hash & mask; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            var id = slots[slot] - 1;
            if (hashes[id] == hash && this[id].SequenceEqual(key)) return id;
        }

        return -1;
    }

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (ulong)key.Length;
        while (key.Length > 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
            key = key[8..];
        }

        ulong tail = 0;
        for (var i = 0; i < key.Length; i++) tail |= (ulong)key[i] << (8 * i);
        hash = Fold(hash ^ tail);
        return (uint)(hash ^ (hash >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong value)
    {
        var high = Math.BigMul(value, Seed * 0x9E3779B97F4A7C15, out var low);
        return high ^ low;
    }
}
