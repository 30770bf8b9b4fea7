using System.Text;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization;

/// <summary>A vocabulary's pieces as bytes: as they are looked up while encoding, and as they read when decoded.</summary>
internal static class PieceTables
{
    /// <summary>The pieces in the form in which encoders look for them.</summary>
    /// <exception cref="InvalidModelException">Two tokens have the same text.</exception>
    public static PieceTable Searchable(Vocabulary vocabulary)
    {
        var texts = vocabulary.Texts;
        var table = new PieceTable(texts.Length, texts.Length * 8);
        HashSet<string>? unspellable = null;
        for (var id = 0; id < texts.Length; id++)
        {
            var text = texts[id];
            int twin;
            if (!vocabulary.ByteLevel)
            {
                twin = table.Add(Encoding.UTF8.GetBytes(text, table.Reserve(checked(text.Length * 3))));
            }
            else if (ByteAlphabet.TryDecode(text, table.Reserve(text.Length)))
            {
                twin = table.Add(text.Length);
            }
            else
            {
                table.AddUnlisted(0);
                twin = (unspellable ??= []).Add(text) ? -1 : Array.IndexOf(texts, text);
            }

            if (twin >= 0) throw new InvalidModelException($"Tokens {twin} and {id} of the vocabulary are the same: \"{text}\".");
        }

        return table;
    }

    /// <summary>The pieces as they read: byte tokens are their byte, escaped spaces spaces, spelt bytes bytes, unused ones nothing.</summary>
    public static PieceTable Shown(Vocabulary vocabulary)
    {
        const TokenAttributes raw = TokenAttributes.Control | TokenAttributes.UserDefined | TokenAttributes.Unknown;
        const TokenAttributes visible = raw | TokenAttributes.Normal | TokenAttributes.Byte;
        var texts = vocabulary.Texts;
        var table = new PieceTable(texts.Length, texts.Length * 8, findable: false);
        for (var id = 0; id < texts.Length; id++)
        {
            var text = texts[id];
            var attributes = vocabulary.Attributes[id];
            var bytes = table.Reserve(checked(Math.Max(text.Length * 3, 1)));
            if ((attributes & visible) == 0)
            {
                table.AddUnlisted(0);
            }
            else if ((attributes & TokenAttributes.Byte) != 0 && ByteFallback.TryParse(text, out var value))
            {
                bytes[0] = value;
                table.AddUnlisted(1);
            }
            else if ((attributes & raw) == 0 && vocabulary.ByteLevel)
            {
                table.AddUnlisted(ByteAlphabet.TryDecode(text, bytes) ? text.Length : Encoding.UTF8.GetBytes(text, bytes));
            }
            else
            {
                var length = Encoding.UTF8.GetBytes(text, bytes);
                var unescape = (attributes & raw) == 0 && vocabulary.EscapeSpaces;
                table.AddUnlisted(unescape ? Unescape(bytes[..length]) : length);
            }
        }

        return table;
    }

    private static int Unescape(Span<byte> bytes)
    {
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var escaped = bytes[i..].StartsWith("\u2581"u8);
            bytes[length++] = escaped ? (byte)' ' : bytes[i];
            if (escaped) i += 2;
        }

        return length;
    }
}
