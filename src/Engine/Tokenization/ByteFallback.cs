using System.Globalization;

namespace Hearth.Engine.Tokenization;

/// <summary>Spells text that no piece covers: byte by byte where the vocabulary has tokens for bytes, else as unknown.</summary>
internal sealed class ByteFallback
{
    private const int TextLength = 6;

    private readonly int[] ids; // per byte value, or -1
    private readonly int unknown;

    private ByteFallback(int[] ids, int unknown)
    {
        this.ids = ids;
        this.unknown = unknown;
    }

    /// <summary>For vocabularies that name byte tokens <c>&lt;0x0A&gt;</c>.</summary>
    /// <param name="pieces">The vocabulary.</param>
    /// <param name="unknown">The token for text that bytes do not cover either; -1 leaves it out.</param>
    public static ByteFallback Named(PieceTable pieces, int unknown)
    {
        var ids = new int[256];
        Span<byte> text = stackalloc byte[TextLength];
        "<0x00>"u8.CopyTo(text);
        for (var value = 0; value < 256; value++)
        {
            text[3] = "0123456789ABCDEF"u8[value >> 4];
            text[4] = "0123456789ABCDEF"u8[value & 15];
            ids[value] = pieces.Find(text);
            if (ids[value] < 0) ids[value] = pieces.Find([(byte)value]);
        }

        return new ByteFallback(ids, unknown);
    }

    /// <summary>For byte-level vocabularies, where a byte is a piece like others; bytes without one are left out.</summary>
    public static ByteFallback OfByteLevel(PieceTable pieces)
    {
        var ids = new int[256];
        for (var value = 0; value < 256; value++) ids[value] = pieces.Find([(byte)value]);
        return new ByteFallback(ids, unknown: -1);
    }

    /// <summary>Reads <c>&lt;0x0A&gt;</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        return text.Length == TextLength && text.StartsWith("<0x"u8) && text[5] == '>'
            && byte.TryParse(text[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The token of a single byte, or -1.</summary>
    public int this[byte value] => ids[value];

    /// <summary>Appends the tokens for a character.</summary>
    public void Append(ReadOnlySpan<byte> character, List<int> output)
    {
        foreach (var value in character)
        {
            if (ids[value] < 0 && unknown >= 0)
            {
                // A run of unknown characters is one unknown token.
                if (output.Count == 0 || output[^1] != unknown) output.Add(unknown);
                return;
            }
        }

        foreach (var value in character)
        {
            if (ids[value] >= 0) output.Add(ids[value]);
        }
    }
}
