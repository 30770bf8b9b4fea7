namespace Hearth.Engine.Tokenization;

/// <summary>Takes away the spaces that word-wise vocabularies leave before punctuation and in contractions.</summary>
/// <remarks>
/// Three passes over the bytes, as the reference makes them: before <c>? ! . ,</c>, around a lone apostrophe, before <c>'s 'm 're 've</c>.
/// Where the reference leaves a NUL byte after a lone apostrophe, the space is taken away.
/// </remarks>
internal static class SpaceCleaner
{
    /// <summary>Cleans a text in place.</summary>
    /// <param name="text">UTF-8.</param>
    /// <returns>Its new length.</returns>
    public static int Clean(Span<byte> text)
    {
        text = text[..BeforePunctuation(text)];
        text = text[..AroundApostrophes(text)];
        return BeforeContractions(text);
    }

    private static int BeforePunctuation(Span<byte> text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var spare = text[i] == ' ' && i + 1 < text.Length && text[i + 1] is (byte)'?' or (byte)'!' or (byte)'.' or (byte)',';
            if (!spare) text[length++] = text[i];
        }

        return length;
    }

    private static int AroundApostrophes(Span<byte> text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i..].StartsWith(" ' "u8))
            {
                text[length++] = (byte)'\'';
                i += 2;
            }
            else
            {
                text[length++] = text[i];
            }
        }

        return length;
    }

    private static int BeforeContractions(Span<byte> text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var rest = text[i..];
            var spare = rest.StartsWith(" 's"u8) || rest.StartsWith(" 'm"u8) || rest.StartsWith(" 're"u8) || rest.StartsWith(" 've"u8);
            if (!spare) text[length++] = text[i];
        }

        return length;
    }
}
