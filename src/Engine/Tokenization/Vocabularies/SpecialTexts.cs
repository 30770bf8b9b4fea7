namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>
/// Completes what a file says about special tokens with what their texts say: which end generation, which are for infilling,
/// which are control tokens although the file calls them ordinary.
/// </summary>
internal sealed class SpecialTexts
{
    private readonly string[] texts;
    private readonly TokenAttributes[] attributes;
    private readonly Dictionary<string, int> known = [];

    /// <summary>Looks for the texts of <see cref="VocabularyConventions"/> in a vocabulary.</summary>
    /// <param name="texts">The pieces.</param>
    /// <param name="attributes">What the file calls them; corrected by <see cref="Complete"/>.</param>
    public SpecialTexts(string[] texts, TokenAttributes[] attributes)
    {
        this.texts = texts;
        this.attributes = attributes;
        for (var id = 0; id < texts.Length; id++)
        {
            if (texts[id].Length > 0 && texts[id][0] is '<' or '[' or '_' or '▁' && VocabularyConventions.All.Contains(texts[id]))
            {
                known.TryAdd(texts[id], id);
            }
        }
    }

    /// <summary>Fills in the ids that a file leaves open.</summary>
    /// <param name="stated">What the file states.</param>
    /// <param name="endOfGeneration">The ids that end generation, ascending.</param>
    public SpecialTokens Complete(SpecialTokens stated, out int[] endOfGeneration)
    {
        foreach (var text in VocabularyConventions.Shown)
        {
            if (known.TryGetValue(text, out var id)) attributes[id] = TokenAttributes.UserDefined;
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
            for (var id = 0; id < texts.Length; id++)
            {
                if ((attributes[id] & special) != 0 && texts[id] is not ("<unk>" or "<s>" or "<|endoftext|>"))
                {
                    attributes[id] |= TokenAttributes.StripRight;
                }
            }
        }
        else if (architecture is "nomic-bert-moe" or "jina-bert-v3" || preTokenizer is "jina-v2-de" or "jina-v2-es" or "jina-v2-code")
        {
            StripLeft("<mask>");
        }
        else if (Contains(name, "modern-bert"))
        {
            StripLeft("[MASK]");
        }
    }

    private static bool Contains(string name, string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);

    private void StripLeft(string text)
    {
        var id = Array.IndexOf(texts, text);
        if (id >= 0) attributes[id] |= TokenAttributes.StripLeft;
    }

    private int Control(int stated, string[] candidates)
    {
        if (stated != SpecialTokens.None) return stated;
        foreach (var text in candidates)
        {
            if (!known.TryGetValue(text, out var id)) continue;
            attributes[id] |= TokenAttributes.Control;
            return id;
        }

        return SpecialTokens.None;
    }

    private int[] FindEndOfGeneration(SpecialTokens special)
    {
        var ids = new SortedSet<int>();
        foreach (var text in VocabularyConventions.EndOfGeneration)
        {
            if (!known.TryGetValue(text, out var id)) continue;
            attributes[id] |= TokenAttributes.Control;
            ids.Add(id);
        }

        ids.UnionWith([special.Eos, special.Eot, special.Eom, special.InfillPad, special.InfillRepository, special.InfillFile]);
        ids.Remove(SpecialTokens.None);

        // Where messages end in tokens of their own, <|end|> only ends a part of one.
        var harmony = (known.ContainsKey("<|return|>") && known.ContainsKey("<|call|>"))
            || (known.ContainsKey("<|calls|>") && known.ContainsKey("<|flush|>"));
        if (harmony && known.TryGetValue("<|end|>", out var end)) ids.Remove(end);

        // Where a tool's answer has a token of its own, </s> is a piece of HTML.
        if (known.ContainsKey("<|tool_response>") && known.TryGetValue("</s>", out var html))
        {
            ids.Remove(html);
            attributes[html] = TokenAttributes.Normal;
        }

        return [.. ids];
    }
}
