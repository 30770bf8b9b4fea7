using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hearth.Engine.Tokenization;

/// <summary>The way back from a piece's bytes to its id: open addressing over a list of pieces.</summary>
/// <remarks>
/// Several times faster to fill than a dictionary of strings, and looked up by bytes in place. The hash multiplies by a factor
/// drawn at start, so that a file cannot be built to make all its pieces collide.
/// </remarks>
internal sealed class PieceTable
{
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    private readonly Utf8List pieces;
    private readonly ulong[] slots; // hash in the upper half, id + 1 in the lower one, or 0; a power of two, never full

    /// <summary>Makes an empty table.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="capacity">How many of them will be added at most.</param>
    public PieceTable(Utf8List pieces, int capacity)
    {
        this.pieces = pieces;
        slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)(capacity * 4L / 3) + 2)];
    }

    /// <summary>The pieces, also those that were not added.</summary>
    public Utf8List Pieces => pieces;

    /// <summary>The length of the longest piece that can be found.</summary>
    public int LongestPiece { get; private set; }

    /// <summary>Makes a piece findable.</summary>
    /// <param name="id">Its number in the list.</param>
    /// <returns>The id that already has these bytes, or -1.</returns>
    public int Add(int id)
    {
        var piece = pieces[id];
        var hash = Hash(piece);
        var twin = Find(piece, hash, out var slot);
        if (twin >= 0) return twin;
        slots[slot] = ((ulong)hash << 32) | (uint)(id + 1);
        LongestPiece = Math.Max(LongestPiece, piece.Length);
        return -1;
    }

    /// <summary>The id of a piece, or -1.</summary>
    public int Find(ReadOnlySpan<byte> piece) => piece.Length > LongestPiece ? -1 : Find(piece, Hash(piece), out _);

    private int Find(ReadOnlySpan<byte> piece, uint hash, out int slot)
    {
        var mask = slots.Length - 1;
        for (slot = (int)hash & mask; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if ((uint)(slots[slot] >> 32) != hash) continue;
            var id = (int)(uint)slots[slot] - 1;
            if (pieces[id].SequenceEqual(piece)) return id;
        }

        return -1;
    }

    private static uint Hash(ReadOnlySpan<byte> piece)
    {
        var hash = Seed ^ (ulong)piece.Length;
        while (piece.Length > 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(piece));
            piece = piece[8..];
        }

        ulong tail = 0;
        for (var i = 0; i < piece.Length; i++) tail |= (ulong)piece[i] << (8 * i);
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
