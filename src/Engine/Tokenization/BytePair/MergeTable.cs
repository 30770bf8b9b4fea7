using System.Numerics;
using System.Text;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization.BytePair;

/// <summary>Which pairs of tokens merge, into what, and in which order; open addressing over the pair.</summary>
internal sealed class MergeTable
{
    private const int MergesPerChunk = 1 << 14;

    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    private readonly Entry[] entries; // a power of two, never full
    private readonly int shift;

    /// <summary>Resolves the merges of a vocabulary to ids.</summary>
    /// <exception cref="InvalidModelException">A merge names a piece that is not in the vocabulary, or makes one.</exception>
    public MergeTable(Vocabulary vocabulary, PieceTable pieces)
    {
        var merges = vocabulary.Merges;
        var size = BitOperations.RoundUpToPowerOf2((uint)(merges.Count * 4L / 3) + 2);
        entries = new Entry[size];
        shift = 64 - BitOperations.Log2(size);

        // Finding three ids a merge is most of the time that it takes to load a large vocabulary, and waits for memory.
        var resolved = new Resolved[merges.Count];
        var chunks = (merges.Count + MergesPerChunk - 1) / MergesPerChunk;
        Parallel.For(0, chunks, chunk => Resolve(vocabulary, pieces, resolved, chunk * MergesPerChunk));
        for (var rank = 0; rank < resolved.Length; rank++)
        {
            var (left, right, merged) = resolved[rank];
            if (left < 0 || right < 0 || merged < 0) throw Absent(merges, rank, resolved[rank]);
            Add(left, right, merged, (uint)rank);
        }
    }

    /// <summary>What two tokens merge to, or -1.</summary>
    public int Find(int left, int right, out uint rank)
    {
        var key = Key(left, right);
        var slot = Slot(key);
        for (; entries[slot].Key != 0; slot = (slot + 1) & (entries.Length - 1))
        {
            if (entries[slot].Key != key) continue;
            rank = entries[slot].Rank;
            return entries[slot].MergedId;
        }

        rank = 0;
        return -1;
    }

    private static void Resolve(Vocabulary vocabulary, PieceTable pieces, Resolved[] resolved, int first)
    {
        var bytes = new byte[256];
        var merged = 0;
        for (var rank = first; rank < Math.Min(first + MergesPerChunk, resolved.Length); rank++)
        {
            var left = vocabulary.Merges.Left(rank);
            var right = vocabulary.Merges.Right(rank);
            if (left.Length + right.Length > bytes.Length) bytes = new byte[left.Length + right.Length];
            var leftLength = Spell(left, bytes, vocabulary.ByteLevel);
            var length = leftLength + Spell(right, bytes.AsSpan(leftLength), vocabulary.ByteLevel);

            // Merges are listed in the order of what they make, so that it is most often the token made last or the one after it.
            merged = FindNear(Math.Max(merged, 0), bytes.AsSpan(0, length), pieces);
            resolved[rank] = new Resolved(
                pieces.Find(bytes.AsSpan(0, leftLength)), pieces.Find(bytes.AsSpan(leftLength, length - leftLength)), merged);
        }
    }

    // 0 marks a free entry.
    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) + 1;

    private static int Spell(ReadOnlySpan<byte> piece, Span<byte> bytes, bool byteLevel)
    {
        if (byteLevel) return ByteAlphabet.TryDecode(piece, bytes, out var length) ? length : 0;
        piece.CopyTo(bytes);
        return piece.Length;
    }

    private static int FindNear(int id, ReadOnlySpan<byte> piece, PieceTable pieces)
    {
        if (pieces.Pieces[id].SequenceEqual(piece)) return id;
        var next = id + 1;
        return next < pieces.Pieces.Count && pieces.Pieces[next].SequenceEqual(piece) ? next : pieces.Find(piece);
    }

    private static InvalidModelException Absent(MergeList merges, int rank, Resolved resolved)
    {
        var (left, right) = (Encoding.UTF8.GetString(merges.Left(rank)), Encoding.UTF8.GetString(merges.Right(rank)));
        var absent = resolved.Left < 0 ? left : resolved.Right < 0 ? right : left + right;
        return new InvalidModelException(
            $"Merge {rank} of the vocabulary joins \"{left}\" and \"{right}\", but \"{absent}\" is not one of its tokens.");
    }

    private int Slot(ulong key)
    {
        var high = Math.BigMul(key * 0x9E3779B97F4A7C15, Seed, out var low);
        return (int)((high ^ low) >> shift);
    }

    // A pair that is listed twice keeps its first rank.
    private void Add(int left, int right, int merged, uint rank)
    {
        var key = Key(left, right);
        var slot = Slot(key);
        for (; entries[slot].Key != 0; slot = (slot + 1) & (entries.Length - 1))
        {
            if (entries[slot].Key == key) return;
        }

        entries[slot] = new Entry(key, merged, rank);
    }

    private readonly record struct Resolved(int Left, int Right, int Merged);

    private readonly record struct Entry(ulong Key, int MergedId, uint Rank);
}
