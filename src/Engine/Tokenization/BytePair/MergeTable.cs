using System.Numerics;
using System.Text;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization.BytePair;

/// <summary>Which pairs of tokens merge, into what, and in which order; open addressing over the pair.</summary>
internal sealed class MergeTable
{
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    private readonly Entry[] entries; // a power of two, at most half full
    private readonly int shift;

    /// <summary>Resolves the merges of a vocabulary to ids.</summary>
    /// <exception cref="InvalidModelException">A merge names a piece that is not in the vocabulary, or makes one.</exception>
    public MergeTable(Vocabulary vocabulary, PieceTable pieces)
    {
        var merges = vocabulary.Merges;
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(merges.Count, 4)) * 2;
        entries = new Entry[size];
        shift = 64 - BitOperations.Log2(size);
        var bytes = new byte[256];
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var merge = merges[rank];
            if (merge.Text.Length > bytes.Length / 3) bytes = new byte[checked(merge.Text.Length * 3)];
            var left = Spell(merge.Left, bytes, vocabulary.ByteLevel);
            var both = left + Spell(merge.Right, bytes.AsSpan(left), vocabulary.ByteLevel);
            var leftId = left == 0 ? -1 : pieces.Find(bytes.AsSpan(0, left));
            var rightId = both == left ? -1 : pieces.Find(bytes.AsSpan(left, both - left));
            var mergedId = pieces.Find(bytes.AsSpan(0, both));
            if (leftId < 0 || rightId < 0 || mergedId < 0)
            {
                var absent = leftId < 0 ? merge.Left.ToString() : rightId < 0 ? merge.Right.ToString() : $"{merge.Left}{merge.Right}";
                throw new InvalidModelException(
                    $"Merge {rank} of the vocabulary joins \"{merge.Left}\" and \"{merge.Right}\", but \"{absent}\" is not one of its tokens.");
            }

            Add(leftId, rightId, mergedId, (uint)rank);
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

    // 0 marks a free entry.
    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) + 1;

    private static int Spell(ReadOnlySpan<char> piece, Span<byte> bytes, bool byteLevel)
        => !byteLevel ? Encoding.UTF8.GetBytes(piece, bytes) : ByteAlphabet.TryDecode(piece, bytes) ? piece.Length : 0;

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

    private readonly record struct Entry(ulong Key, int MergedId, uint Rank);
}
