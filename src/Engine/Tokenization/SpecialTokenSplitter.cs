using System.Buffers;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization;

/// <summary>
/// Finds special tokens in text. Longer tokens are looked for first, in the whole text; what they leave is searched for shorter ones.
/// </summary>
/// <remarks>
/// An automaton (Aho and Corasick's) says in one pass which tokens occur at all, most often none; only those are then cut out one
/// after the other.
/// </remarks>
internal sealed class SpecialTokenSplitter
{
    private const int Root = 0;
    private const TokenAttributes Hidden = TokenAttributes.Control | TokenAttributes.Unknown;

    private readonly Dictionary<long, int> edges = []; // node and character to node
    private readonly List<int> tokenAt = [-1]; // per node: index into tokens, or -1
    private readonly int[] shorter; // per node: the node of its longest proper suffix
    private readonly int[] output; // per node: the nearest node on the way through shorter that has a token, itself included; or the root
    private readonly SpecialToken[] tokens; // longest first
    private readonly SearchValues<char> firstLetters;

    /// <summary>Takes the control, user-defined and unknown tokens of a vocabulary.</summary>
    public SpecialTokenSplitter(Vocabulary vocabulary)
    {
        const TokenAttributes special = Hidden | TokenAttributes.UserDefined;
        var ids = new List<int>();
        for (var id = 0; id < vocabulary.Texts.Count; id++)
        {
            if ((vocabulary.Attributes[id] & special) != 0 && !vocabulary.Texts[id].IsEmpty) ids.Add(id);
        }

        ids.Sort((left, right) =>
        {
            var longer = vocabulary.Texts[right].Length - vocabulary.Texts[left].Length;
            return longer != 0 ? longer : left - right;
        });
        tokens = new SpecialToken[ids.Count];
        var letters = new char[ids.Count];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = new SpecialToken(vocabulary.Texts.Text(ids[i]), ids[i], vocabulary.Attributes[ids[i]]);
            letters[i] = tokens[i].Text[0];
        }

        firstLetters = SearchValues.Create(letters);
        (shorter, output) = BuildAutomaton();
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

    // Level by level, because a node's suffix is on an earlier level: the texts' first letters, then their second ones ...
    private (int[] Shorter, int[] Output) BuildAutomaton()
    {
        List<int> shorter = [Root];
        var nodeOf = new int[tokens.Length];
        var unfinished = new List<int>(tokens.Length);
        for (var i = 0; i < tokens.Length; i++) unfinished.Add(i);
        for (var depth = 0; unfinished.Count > 0; depth++)
        {
            foreach (var i in unfinished)
            {
                var letter = tokens[i].Text[depth];
                var edge = Edge(nodeOf[i], letter);
                if (!edges.TryGetValue(edge, out var node))
                {
                    node = tokenAt.Count;
                    shorter.Add(depth == 0 ? Root : Step(shorter, shorter[nodeOf[i]], letter));
                    edges.Add(edge, node);
                    tokenAt.Add(-1);
                }

                nodeOf[i] = node;
                if (tokens[i].Text.Length == depth + 1 && tokenAt[node] < 0) tokenAt[node] = i;
            }

            unfinished.RemoveAll(i => tokens[i].Text.Length == depth + 1);
        }

        var output = new int[tokenAt.Count];
        for (var node = 1; node < output.Length; node++) output[node] = tokenAt[node] >= 0 ? node : output[shorter[node]];
        return (shorter.ToArray(), output);
    }

    // The node of the longest suffix of (node's text, next) that begins some token.
    private int Step(IReadOnlyList<int> shorter, int node, char next)
    {
        while (true)
        {
            if (edges.TryGetValue(Edge(node, next), out var child)) return child;
            if (node == Root) return Root;
            node = shorter[node];
        }
    }

    private List<int>? FindPresent(ReadOnlySpan<char> text, bool parseSpecial)
    {
        List<int>? present = null;
        var node = Root;
        for (var i = 0; i < text.Length; i++)
        {
            if (node == Root)
            {
                var skipped = text[i..].IndexOfAny(firstLetters);
                if (skipped < 0) break;
                i += skipped;
            }

            node = Step(shorter, node, text[i]);
            for (var end = output[node]; end != Root; end = output[shorter[end]])
            {
                // Whoever was found before has brought along the tokens that it ends with.
                var place = present?.BinarySearch(tokenAt[end]) ?? ~0;
                if (place >= 0) break;
                (present ??= []).Insert(~place, tokenAt[end]);
            }
        }

        if (!parseSpecial) present?.RemoveAll(token => (tokens[token].Attributes & Hidden) != 0);
        return present;
    }

    private static long Edge(int node, char next) => ((long)node << 16) | next;

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

    private readonly record struct SpecialToken(string Text, int Id, TokenAttributes Attributes);
}
