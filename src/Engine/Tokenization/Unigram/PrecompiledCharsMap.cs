using System.Buffers.Binary;

namespace Hearth.Engine.Tokenization.Unigram;

/// <summary>
/// SentencePiece's precompiled normalisation map: replaces prefixes of a text, found in a double-array trie.
/// <code>
/// u32 bytes of the trie | u32 units of the trie ... | replacements, each ended by a NUL
///
/// unit  31..10 offset to the children, times 256 when bit 9 is set   8 a value follows   7..0 the byte that leads here
/// value 30..0  where the replacement begins (the unit reached over byte 0)
/// </code>
/// </summary>
/// <remarks>Source: the Darts-clone library's array format, as SentencePiece stores it.</remarks>
internal sealed class PrecompiledCharsMap
{
    private readonly uint[] units;
    private readonly byte[] replacements;

    /// <summary>Reads a map.</summary>
    /// <param name="blob">The map's bytes; empty for a map that replaces nothing.</param>
    /// <exception cref="InvalidModelException">The sizes in the map exceed it, or the replacements do not end.</exception>
    public PrecompiledCharsMap(ReadOnlySpan<byte> blob)
    {
        units = [];
        replacements = [];
        if (blob.IsEmpty) return;
        if (blob.Length < sizeof(uint)) throw new InvalidModelException($"The normalisation map of {blob.Length} bytes is cut off.");

        var size = BinaryPrimitives.ReadUInt32LittleEndian(blob);
        var rest = blob[sizeof(uint)..];
        if (size > (uint)rest.Length || size % sizeof(uint) != 0)
        {
            throw new InvalidModelException($"The normalisation map of {blob.Length} bytes claims a trie of {size} bytes.");
        }

        units = new uint[size / sizeof(uint)];
        for (var i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(rest[(i * sizeof(uint))..]);
        replacements = rest[(int)size..].ToArray();
        if (replacements.Length > 0 && replacements[^1] != 0)
        {
            throw new InvalidModelException("The last replacement of the normalisation map does not end.");
        }
    }

    /// <summary>Finds the longest prefix of a text that is to be replaced.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="replacement">What replaces it.</param>
    /// <returns>The length of the prefix; 0 when nothing is to be replaced.</returns>
    /// <exception cref="InvalidModelException">The map points out of itself.</exception>
    public int Match(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = [];
        if (units.Length == 0) return 0;

        var longest = 0;
        var start = 0u;
        var node = Offset(units[0]);
        for (var i = 0; i < text.Length && text[i] != 0; i++)
        {
            node ^= text[i];
            var unit = Unit(node);
            if ((unit & 0x8000_00FF) != text[i]) break;
            node ^= Offset(unit);
            if ((unit >> 8 & 1) == 0) continue;
            longest = i + 1;
            start = Unit(node) & 0x7FFF_FFFF;
        }

        if (longest == 0) return 0;
        if (start >= (uint)replacements.Length)
        {
            throw new InvalidModelException(
                $"The normalisation map has {replacements.Length} bytes of replacements, but points to byte {start}.");
        }

        replacement = replacements.AsSpan((int)start);
        replacement = replacement[..replacement.IndexOf((byte)0)];
        return longest;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);

    private uint Unit(uint node) => node < (uint)units.Length
        ? units[node]
        : throw new InvalidModelException($"The normalisation map has {units.Length} units, but points to unit {node}.");
}
