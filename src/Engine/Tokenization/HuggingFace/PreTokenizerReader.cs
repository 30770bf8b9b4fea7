using System.Text.Json;
using System.Text.RegularExpressions;
using Hearth.Engine.Tokenization.PreTokenization;

namespace Hearth.Engine.Tokenization.HuggingFace;

/// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c> for byte-pair vocabularies.</summary>
internal sealed class PreTokenizerReader
{
    private readonly List<SplitPass> passes = [];
    private bool knowsHan;
    private SpacePrefix prefix;

    private PreTokenizerReader()
    {
    }

    /// <summary>Whether pieces are spelt in <see cref="ByteAlphabet"/>.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>
    /// Whether words are found by GPT-2's expression. Such vocabularies clean spaces unless their configuration says otherwise.
    /// </summary>
    public bool IsGpt2 { get; private set; }

    /// <summary>Whether spaces are U+2581 in pieces.</summary>
    public bool EscapesSpaces { get; private set; }

    /// <summary>Reads a node, or nothing.</summary>
    /// <exception cref="InvalidModelException">A step is of a kind that Hearth does not have.</exception>
    public static PreTokenizerReader Read(JsonElement node)
    {
        var reader = new PreTokenizerReader();
        foreach (var step in TokenizerJson.Steps(node)) reader.Add(step);
        return reader;
    }

    /// <summary>The steps together.</summary>
    /// <param name="normalizerPrefix">What the normalizer puts before text.</param>
    public PreTokenizer Create(SpacePrefix normalizerPrefix)
        => new([.. passes]) { KnowsHan = knowsHan, KeepsSpaces = true, Prefix = prefix == SpacePrefix.None ? normalizerPrefix : prefix };

    private void Add(JsonElement node)
    {
        switch (TokenizerJson.Kind(node))
        {
            case "ByteLevel":
                IsByteLevel = true;
                if (TokenizerJson.Flag(node, "add_prefix_space", otherwise: true)) prefix = SpacePrefix.UnlessPresent;
                IsGpt2 = TokenizerJson.Flag(node, "use_regex", otherwise: true);
                if (IsGpt2) passes.Add(new RegexPass(PreTokenizerPatterns.Gpt2));
                break;
            case "Metaspace":
                EscapesSpaces = true;
                prefix = MetaspacePrefix(node);
                break;
            case "Split":
                AddSplit(node);
                break;
            case "Digits":
                passes.Add(new RegexPass(TokenizerJson.Flag(node, "individual_digits", otherwise: false)
                    ? PreTokenizerPatterns.Number
                    : PreTokenizerPatterns.Numbers));
                break;
            case "Punctuation":
                passes.Add(new RegexPass(PreTokenizerPatterns.ChameleonPunctuation));
                break;
            case var type:
                throw new InvalidModelException($"The pre-tokenizer step \"{type}\" is not known to Hearth.");
        }
    }

    private static SpacePrefix MetaspacePrefix(JsonElement node)
    {
        if (!node.TryGetProperty("prepend_scheme", out var scheme))
        {
            return TokenizerJson.Flag(node, "add_prefix_space", otherwise: true) ? SpacePrefix.UnlessPresent : SpacePrefix.None;
        }

        return scheme.GetString() switch
        {
            "always" => SpacePrefix.UnlessPresent,
            "first" => SpacePrefix.FirstUnlessPresent,
            _ => SpacePrefix.None,
        };
    }

    private void AddSplit(JsonElement node)
    {
        var pattern = node.GetProperty("pattern");
        var text = TokenizerJson.Text(pattern, "Regex") ?? Regex.Escape(TokenizerJson.Text(pattern.GetProperty("String")));
        knowsHan |= OnigurumaPattern.KnowsHan(text);
        var expression = OnigurumaPattern.Compile(text);
        var inverted = TokenizerJson.Flag(node, "invert", otherwise: false);
        passes.Add(node.GetProperty("behavior").GetString() switch
        {
            // An inverted removal keeps the matches; expressions used in this way leave nothing between them.
            "Isolated" => new RegexPass(expression),
            "Removed" when inverted => new RegexPass(expression),
            "MergedWithPrevious" when !inverted => new RegexPass(expression, endsBefore: false),
            "MergedWithNext" when !inverted => new RegexPass(expression, endsAfter: false),
            var behavior => throw new InvalidModelException($"The split behavior \"{behavior}\" is not known to Hearth."),
        });
    }
}
