namespace Hearth.Engine.Sampling;

/// <summary>Turns the texts that end a repetition into the token sequences by which they can appear.</summary>
public static class DryBreakers
{
    private const int LongestText = 40;
    private const int LongestTail = 20;

    /// <summary>
    /// All ways in which a breaker can stand in a token sequence: a token whose text contains it, or a token that ends with its
    /// beginning followed by the tokens of its rest. The same rules and limits as llama.cpp's: breakers are cut at 40 characters, the
    /// tokens after the first at 20; but texts are compared by characters, so a token that ends inside one is no beginning. Looks at
    /// every token once for each breaker, so call it once a model.
    /// </summary>
    /// <param name="breakers">The texts; empty ones are ignored.</param>
    /// <param name="vocabularySize">Number of tokens.</param>
    /// <param name="piece">The text of a token, special tokens included.</param>
    /// <param name="tokenize">The tokens of a text, without any that the tokenizer adds at its ends.</param>
    /// <returns>The sequences for <see cref="SamplerSettings.DryBreakerTokens"/>.</returns>
    public static IReadOnlyList<int[]> Resolve(
        IEnumerable<string> breakers, int vocabularySize, Func<int, string> piece, Func<string, IReadOnlyList<int>> tokenize)
    {
        string[] texts = [.. breakers.Where(text => text.Length > 0).Select(text => text[..Math.Min(LongestText, text.Length)])];
        var tails = new Dictionary<string, int[]>();
        var sequences = new List<int[]>();
        for (int token = 0; token < vocabularySize; token++)
        {
            string tokenText = piece(token);
            foreach (string text in texts)
            {
                if (tokenText.Contains(text, StringComparison.Ordinal))
                {
                    sequences.Add([token]);
                    continue;
                }

                for (int overlap = Math.Min(text.Length - 1, tokenText.Length); overlap > 0; overlap--)
                {
                    if (tokenText.AsSpan(tokenText.Length - overlap).SequenceEqual(text.AsSpan(0, overlap)))
                        sequences.Add([token, .. Tail(text[overlap..])]);
                }
            }
        }

        return sequences;

        int[] Tail(string rest)
        {
            if (!tails.TryGetValue(rest, out int[]? tokens))
                tails[rest] = tokens = [.. tokenize(rest).Take(LongestTail)];
            return tokens;
        }
    }
}
