namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>
/// Completes what a file says about special tokens with what their texts say: which end generation, which are for infilling,
/// which are control tokens although the file calls them ordinary.
/// </summary>
internal sealed class SpecialTexts
{
    private readonly Utf8List texts;
    private readonly TokenAttributes[] attributes;
    private readonly Dictionary<string, int> ids = [];

    /// <summary>Looks for the texts of <see cref="VocabularyConventions"/> in a vocabulary.</summary>
    /// <param name="texts">The pieces.</param>
    /// <param name="attributes">What the file calls them; corrected by <see cref="Complete"/>.</param>
    public SpecialTexts(Utf8List texts, TokenAttributes[] attributes)
    {
        this.texts = texts;
        this.attributes = attributes;
        for (var id = 0; id < texts.Count; id++)
        {
            var known = VocabularyConventions.All.Find(texts[id]);
            if (known >= 0) ids.TryAdd(VocabularyConventions.All.Pieces.Text(known), id);
        }
    }

    /// <summary>Fills in the ids that a file leaves open.</summary>
    /// <param name="stated">What the file states.</param>
    /// <param name="endOfGeneration">The ids that end generation, ascending.</param>
    public SpecialTokens Complete(SpecialTokens stated, out int[] endOfGeneration)
    {
        foreach (var text in VocabularyConventions.Shown)
        {
            if (ids.TryGetValue(text, out var id)) attributes[id] = TokenAttributes.UserDefined;
        }

        var special = stated with
        {
            Eot = Control(stated.Eot, VocabularyConventions.EndOfTurn),
            Eom = Control(stated.Eom, VocabularyConventions.EndOfMessage),
            InfillPrefix = Control(stated.InfillPrefix, VocabularyConventions.InfillPrefix),
            InfillSuffix = Control(stated.InfillSuffix, VocabularyConventions.InfillSuffix),
            InfillMiddle = Control(stated.InfillMiddle, VocabularyConventions.InfillMiddle),
            InfillPad = Control(stated.InfillPad, VocabularyConventions.InfillPad),
            InfillRepository = Control(stated.InfillRepository, VocabularyConventions.InfillRepository),
            InfillFile = Control(stated.InfillFile, VocabularyConventions.InfillFile),
        };
        endOfGeneration = FindEndOfGeneration(special);
        return special;
    }

    /// <summary>Marks the tokens that swallow white space beside them in a text.</summary>
    /// <param name="architecture"><c>general.architecture</c>.</param>
    /// <param name="name"><c>general.name</c>.</param>
    /// <param name="preTokenizer"><c>tokenizer.ggml.pre</c>.</param>
    public void MarkStripping(string architecture, string name, string preTokenizer)
    {
        const TokenAttributes special = TokenAttributes.Control | TokenAttributes.UserDefined | TokenAttributes.Unknown;
        if (Contains(name, "phi-3") || Contains(name, "phi3"))
        {
            for (var id = 0; id < texts.Count; id++)
            {
                if ((attributes[id] & special) != 0 && texts.Text(id) is not ("<unk>" or "<s>" or "<|endoftext|>"))
                {
                    attributes[id] |= TokenAttributes.StripRight;
                }
            }
        }
        else if (architecture is "nomic-bert-moe" or "jina-bert-v3" || preTokenizer is "jina-v2-de" or "jina-v2-es" or "jina-v2-code")
        {
            StripLeft("<mask>"u8);
        }
        else if (Contains(name, "modern-bert"))
        {
            StripLeft("[MASK]"u8);
        }
    }

    private static bool Contains(string name, string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);

    private void StripLeft(ReadOnlySpan<byte> text)
    {
        for (var id = 0; id < texts.Count; id++)
        {
            if (texts[id].SequenceEqual(text)) attributes[id] |= TokenAttributes.StripLeft;
        }
    }

    private int Control(int stated, string[] candidates)
    {
        if (stated != SpecialTokens.None) return stated;
        foreach (var text in candidates)
        {
            if (!ids.TryGetValue(text, out var id)) continue;
            attributes[id] |= TokenAttributes.Control;
            return id;
        }

        return SpecialTokens.None;
    }

    private int[] FindEndOfGeneration(SpecialTokens special)
    {
        List<int> found = [special.Eos, special.Eot, special.Eom, special.InfillPad, special.InfillRepository, special.InfillFile];
        foreach (var text in VocabularyConventions.EndOfGeneration)
        {
            if (!ids.TryGetValue(text, out var id)) continue;
            attributes[id] |= TokenAttributes.Control;
            found.Add(id);
        }

        // Where messages end in tokens of their own, <|end|> only ends a part of one.
        var harmony = (ids.ContainsKey("<|return|>") && ids.ContainsKey("<|call|>"))
            || (ids.ContainsKey("<|calls|>") && ids.ContainsKey("<|flush|>"));
        if (harmony && ids.TryGetValue("<|end|>", out var end)) found.RemoveAll(id => id == end);

        // Where a tool's answer has a token of its own, </s> is a piece of HTML.
        if (ids.ContainsKey("<|tool_response>") && ids.TryGetValue("</s>", out var html))
        {
            found.RemoveAll(id => id == html);
            attributes[html] = TokenAttributes.Normal;
        }

        found.Sort();
        var distinct = new List<int>(found.Count);
        foreach (var id in found)
        {
            if (id >= 0 && (distinct.Count == 0 || distinct[^1] != id)) distinct.Add(id);
        }

        return distinct.ToArray();
    }
}
