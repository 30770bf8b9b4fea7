namespace Hearth.Engine.Tokenization;

/// <summary>Splits a stretch of text without special tokens. Implementations are immutable.</summary>
internal interface ISubwordEncoder
{
    /// <summary>Appends the tokens of a stretch of text.</summary>
    /// <param name="text">Not empty.</param>
    /// <param name="startsText">Whether the text, or the text after a special token, begins here.</param>
    /// <param name="scratch">Working memory.</param>
    void Encode(ReadOnlySpan<char> text, bool startsText, EncodingScratch scratch);
}
