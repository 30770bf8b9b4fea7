using System.Buffers;
using System.Text;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization;

/// <summary>
/// Finds special tokens in text. Longer tokens are looked for first, in the whole text; what they leave is searched for shorter ones.
/// </summary>
/// <remarks>
/// A trie says in one pass which tokens occur at all, most often none; only those are then cut out one after the other.
/// </remarks>
internal sealed class SpecialTokenSplitter
{
    private const int Root = 0;

    private readonly Dictionary<(int Node, char Next), int> edges = [];
    private readonly List<int> tokenAt = [-1]; // per node: index into tokens, or -1
    private readonly (string Text, int Id, TokenAttributes Attributes)[] tokens; // longest first
    private readonly SearchValues<char> firstLetters;

    /// <summary>Takes the control, user-defined and unknown tokens of a vocabulary.</summary>
    public SpecialTokenSplitter(Vocabulary vocabulary)
    {
        const TokenAttributes special = TokenAttributes.Control | TokenAttributes.UserDefined | TokenAttributes.Unknown;
        var ids = Enumerable.Range(0, vocabulary.Texts.Length)
            .Where(id => (vocabulary.Attributes[id] & special) != 0 && vocabulary.Texts[id].Length > 0);
        tokens = ids.Select(id => (Text: vocabulary.Texts[id], Id: id, Attributes: vocabulary.Attributes[id]))
            .OrderByDescending(token => Encoding.UTF8.GetByteCount(token.Text)).ThenBy(token => token.Id).ToArray();
        firstLetters = SearchValues.Create(tokens.Select(token => token.Text[0]).Distinct().ToArray());
        for (var i = 0; i < tokens.Length; i++) Insert(tokens[i].Text, i);
    }

    /// <summary>Cuts a text into special tokens and the text between them.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="parseSpecial">Whether control and unknown tokens count, or only user-defined ones.</param>
    /// <param name="scratch">Receives the fragments.</param>
    public void Split(ReadOnlySpan<char> text, bool parseSpecial, EncodingScratch scratch)
    {
        var fragments = scratch.Fragments;
        fragments.Clear();
        if (text.IsEmpty) return;
        fragments.Add(new TextFragment(0, text.Length, -1));

        var present = FindPresent(text, parseSpecial);
        if (present is null) return;
        var cut = new List<TextFragment>();
        foreach (var token in present)
        {
            cut.Clear();
            foreach (var fragment in fragments)
            {
                if (fragment.IsText) CutOut(text, fragment, token, cut);
                else cut.Add(fragment);
            }

            fragments.Clear();
            fragments.AddRange(cut);
        }
    }

    // The trie keeps one edge per character; its size is that of all special texts together.
    private void Insert(string text, int token)
    {
        var node = Root;
        foreach (var c in text)
        {
            if (!edges.TryGetValue((node, c), out var next))
            {
                next = tokenAt.Count;
                tokenAt.Add(-1);
                edges.Add((node, c), next);
            }

            node = next;
        }

        if (tokenAt[node] < 0) tokenAt[node] = token;
    }

    private SortedSet<int>? FindPresent(ReadOnlySpan<char> text, bool parseSpecial)
    {
        SortedSet<int>? present = null;
        for (var start = 0; start < text.Length; start++)
        {
            var skipped = text[start..].IndexOfAny(firstLetters);
            if (skipped < 0) break;
            start += skipped;
            var node = Root;
            for (var i = start; i < text.Length && edges.TryGetValue((node, text[i]), out node); i++)
            {
                var token = tokenAt[node];
                if (token >= 0 && (parseSpecial || (tokens[token].Attributes & (TokenAttributes.Control | TokenAttributes.Unknown)) == 0))
                {
                    (present ??= []).Add(token);
                }
            }
        }

        return present;
    }

    private void CutOut(ReadOnlySpan<char> text, TextFragment fragment, int token, List<TextFragment> cut)
    {
        var (tokenText, id, attributes) = tokens[token];
        var start = fragment.Start;
        var end = fragment.Start + fragment.Length;
        while (start < end)
        {
            var found = text[start..end].IndexOf(tokenText, StringComparison.Ordinal);
            if (found < 0) break;
            var left = start + found;
            var right = left + tokenText.Length;
            var textEnd = left;
            if ((attributes & TokenAttributes.StripLeft) != 0)
            {
                while (textEnd > start && IsAsciiSpace(text[textEnd - 1])) textEnd--;
            }

            if ((attributes & TokenAttributes.StripRight) != 0)
            {
                while (right < end && IsAsciiSpace(text[right])) right++;
            }

            if (textEnd > start) cut.Add(new TextFragment(start, textEnd - start, -1));
            cut.Add(new TextFragment(left, tokenText.Length, id));
            start = right;
        }

        if (start < end) cut.Add(new TextFragment(start, end - start, -1));
    }

    private static bool IsAsciiSpace(char c) => c is ' ' or (>= '\t' and <= '\r');
}
