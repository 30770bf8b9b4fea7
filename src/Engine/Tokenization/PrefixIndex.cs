using System.Numerics;

namespace Hearth.Engine.Tokenization;

/// <summary>Finds the pieces with which a text begins.</summary>
/// <remarks>
/// A trie without nodes: one bit per hashed prefix says whether to read on, one per hashed piece whether to look it up. A bit may
/// be set by accident; then a look-up is made in vain. Builds in a pass over the pieces, where a trie would cost a node a letter.
/// </remarks>
internal sealed class PrefixIndex
{
    private const int BitsPerPrefix = 16;

    private static readonly ulong Factor = (ulong)Random.Shared.NextInt64() | 1;

    private readonly PieceTable pieces;
    private readonly Func<int, bool> includes;
    private readonly ulong[] prefixes;
    private readonly ulong[] ends;
    private readonly int shift;

    /// <summary>Indexes pieces.</summary>
    /// <param name="pieces">The vocabulary.</param>
    /// <param name="includes">Which ids to find; pieces of no bytes are never found.</param>
    public PrefixIndex(PieceTable pieces, Func<int, bool> includes)
    {
        this.pieces = pieces;
        this.includes = includes;
        var bytes = 0L;
        for (var id = 0; id < pieces.Pieces.Count; id++) bytes += pieces.Pieces[id].Length;
        var bits = BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(bytes * BitsPerPrefix, 1024, 1L << 30));
        shift = 64 - BitOperations.Log2(bits);
        prefixes = new ulong[bits / 64];
        ends = new ulong[bits / 64];
        for (var id = 0; id < pieces.Pieces.Count; id++)
        {
            if (!includes(id)) continue;
            var hash = 0ul;
            foreach (var value in pieces.Pieces[id])
            {
                hash = Next(hash, value);
                Set(prefixes, hash);
            }

            if (hash != 0) Set(ends, hash);
        }
    }

    /// <summary>Enumerates the pieces with which a text begins, shortest first.</summary>
    public Matches Find(ReadOnlySpan<byte> text) => new(this, text);

    private static ulong Next(ulong hash, byte value) => (BitOperations.RotateLeft(hash, 29) + value + 1) * Factor;

    private void Set(ulong[] bits, ulong hash)
    {
        var bit = hash >> shift;
        bits[bit / 64] |= 1ul << (int)(bit % 64);
    }

    private bool IsSet(ulong[] bits, ulong hash)
    {
        var bit = hash >> shift;
        return (bits[bit / 64] >> (int)(bit % 64) & 1) != 0;
    }

    /// <summary>The pieces with which a text begins.</summary>
    public ref struct Matches(PrefixIndex index, ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> text = text;
        private ulong hash;

        /// <summary>The length of the piece.</summary>
        public int Length { get; private set; }

        /// <summary>The piece's id.</summary>
        public int Id { get; private set; }

        /// <summary>Goes on to the next longer piece.</summary>
        public bool MoveNext()
        {
            while (Length < text.Length)
            {
                hash = Next(hash, text[Length]);
                if (!index.IsSet(index.prefixes, hash)) return false;
                Length++;
                if (!index.IsSet(index.ends, hash)) continue;
                Id = index.pieces.Find(text[..Length]);
                if (Id >= 0 && index.includes(Id)) return true;
            }

            return false;
        }
    }
}
