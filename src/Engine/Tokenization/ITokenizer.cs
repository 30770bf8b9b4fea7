using System.Buffers;

namespace Hearth.Engine.Tokenization;

/// <summary>
/// Text to token ids and back, for one vocabulary. Instances are immutable: any number of threads may use one at once.
/// </summary>
public interface ITokenizer
{
    /// <summary>The number of tokens; ids are 0 to one less.</summary>
    int VocabularySize { get; }

    /// <summary>The ids with a role of their own, and which of them are added around a text.</summary>
    SpecialTokens Special { get; }

    /// <summary>The ids after which a model has nothing more to say, in ascending order.</summary>
    IReadOnlyCollection<int> EndOfGeneration { get; }

    /// <summary>Whether a text that starts a sequence gets a leading space, which <see cref="Decode"/> takes away again.</summary>
    bool AddsSpacePrefix { get; }

    /// <summary>Whether the token ends generation.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not in the vocabulary.</exception>
    bool IsEndOfGeneration(int id);

    /// <summary>Whether the token is a control token: it steers the model and is no text.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not in the vocabulary.</exception>
    bool IsControl(int id);

    /// <summary>Splits a text into tokens.</summary>
    /// <param name="text">Any text; unpaired surrogates count as U+FFFD.</param>
    /// <param name="addSpecial">Whether to add the tokens that belong around a text (<see cref="SpecialTokens.AddBos"/> ...).</param>
    /// <param name="parseSpecial">
    /// Whether control tokens written in the text (<c>&lt;|im_end|&gt;</c>) become those tokens; without it they are ordinary characters.
    /// User-defined tokens are recognised either way.
    /// </param>
    /// <exception cref="NotSupportedException">The model has no text vocabulary.</exception>
    int[] Encode(string text, bool addSpecial, bool parseSpecial);

    /// <summary>Splits a text into tokens, appending them to a buffer of the caller's.</summary>
    /// <param name="text">Any text; unpaired surrogates count as U+FFFD.</param>
    /// <param name="addSpecial">As for <see cref="Encode(string, bool, bool)"/>.</param>
    /// <param name="parseSpecial">As for <see cref="Encode(string, bool, bool)"/>.</param>
    /// <param name="ids">Receives the ids.</param>
    /// <returns>How many ids were written.</returns>
    /// <exception cref="NotSupportedException">The model has no text vocabulary.</exception>
    int Encode(ReadOnlySpan<char> text, bool addSpecial, bool parseSpecial, IBufferWriter<int> ids);

    /// <summary>Joins tokens to a text. Bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The tokens, in order.</param>
    /// <param name="showSpecial">Whether control tokens appear as their text or vanish.</param>
    /// <param name="removeSpecial">Whether a first bos and a last eos, which encoding would have added, are dropped beforehand.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    string Decode(ReadOnlySpan<int> ids, bool showSpecial, bool removeSpecial = false);

    /// <summary>The bytes of one token: possibly a part of a UTF-8 sequence, with the leading space that a word carries.</summary>
    /// <param name="id">The token.</param>
    /// <param name="showSpecial">Whether a control token is its text or nothing.</param>
    /// <returns>A view that stays valid as long as the tokenizer.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not in the vocabulary.</exception>
    ReadOnlySpan<byte> Piece(int id, bool showSpecial);
}
