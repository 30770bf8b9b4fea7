using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization;

/// <summary>A vocabulary's pieces as bytes: as they are looked up while encoding, and as they read when decoded.</summary>
internal static class PieceForms
{
    /// <summary>The pieces in the form in which encoders look for them.</summary>
    /// <exception cref="InvalidModelException">Two tokens have the same text.</exception>
    public static PieceTable Searchable(Vocabulary vocabulary)
    {
        var texts = vocabulary.Texts;
        var table = new PieceTable(vocabulary.ByteLevel ? Spelt(texts) : texts, texts.Count);
        var unspellable = new List<int>();
        for (var id = 0; id < texts.Count; id++)
        {
            if (table.Pieces[id].IsEmpty) unspellable.Add(id);
            else CheckTwin(texts, table.Add(id), id);
        }

        // They cannot be met while merging, only as special tokens.
        var others = new PieceTable(texts, unspellable.Count);
        foreach (var id in unspellable) CheckTwin(texts, others.Add(id), id);
        return table;
    }

    /// <summary>The pieces as they read: a byte token is its byte, an escaped space is a space, an unused token is nothing.</summary>
    public static Utf8List Shown(Vocabulary vocabulary)
    {
        const TokenAttributes raw = TokenAttributes.Control | TokenAttributes.UserDefined | TokenAttributes.Unknown;
        const TokenAttributes visible = raw | TokenAttributes.Normal | TokenAttributes.Byte;
        var texts = vocabulary.Texts;
        var shown = new Utf8List(texts.Count);
        for (var id = 0; id < texts.Count; id++)
        {
            var text = texts[id];
            var attributes = vocabulary.Attributes[id];
            if ((attributes & visible) == 0) shown.Commit(0);
            else if ((attributes & TokenAttributes.Byte) != 0 && ByteFallback.TryParse(text, out var value)) shown.Add([value]);
            else if ((attributes & raw) != 0) shown.Add(text);
            else if (vocabulary.ByteLevel && ByteAlphabet.TryDecode(text, shown.Reserve(text.Length), out var length)) shown.Commit(length);
            else if (vocabulary.EscapeSpaces) shown.Commit(Unescape(text, shown.Reserve(text.Length)));
            else shown.Add(text);
        }

        return shown;
    }

    // Empty where a text is not spelt in the alphabet.
    private static Utf8List Spelt(Utf8List texts)
    {
        var spelt = new Utf8List(texts.Count);
        for (var id = 0; id < texts.Count; id++)
        {
            var text = texts[id];
            spelt.Commit(ByteAlphabet.TryDecode(text, spelt.Reserve(text.Length), out var length) ? length : 0);
        }

        return spelt;
    }

    private static void CheckTwin(Utf8List texts, int twin, int id)
    {
        if (twin >= 0) throw new InvalidModelException($"Tokens {twin} and {id} of the vocabulary are the same: \"{texts.Text(id)}\".");
    }

    private static int Unescape(ReadOnlySpan<byte> text, Span<byte> unescaped)
    {
        var written = 0;
        while (true)
        {
            var escape = text.IndexOf("\u2581"u8);
            var plain = escape < 0 ? text : text[..escape];
            plain.CopyTo(unescaped[written..]);
            written += plain.Length;
            if (escape < 0) return written;
            unescaped[written++] = (byte)' ';
            text = text[(escape + 3)..];
        }
    }
}
