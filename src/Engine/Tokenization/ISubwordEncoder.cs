namespace Hearth.Engine.Tokenization;

/// <summary>Splits a stretch of text without special tokens. Implementations are immutable.</summary>
internal interface ISubwordEncoder
{
    /// <summary>Appends the tokens of a stretch of text.</summary>
    /// <param name="text">Not empty.</param>
    /// <param name="isFirst">Whether the whole text begins here; otherwise a special token precedes.</param>
    /// <param name="scratch">Working memory.</param>
    void Encode(ReadOnlySpan<char> text, bool isFirst, EncodingScratch scratch);
}
