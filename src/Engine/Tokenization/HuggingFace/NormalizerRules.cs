using System.Text.Json;
using Hearth.Engine.Tokenization.PreTokenization;

namespace Hearth.Engine.Tokenization.HuggingFace;

/// <summary>What the <c>normalizer</c> of a <c>tokenizer.json</c> does to text.</summary>
/// <remarks>
/// NFC is left out: text is taken as it comes, as GGUF files of the same models are read. Other normal forms change too much text for
/// that and are refused, except before accents are stripped.
/// </remarks>
internal sealed class NormalizerRules
{
    /// <summary>Which text gets a space before it.</summary>
    public SpacePrefix Prefix { get; private set; }

    /// <summary>Whether spaces become U+2581.</summary>
    public bool EscapesSpaces { get; private set; }

    /// <summary>Whether runs of spaces become one.</summary>
    public bool RemovesExtraSpaces { get; private set; }

    /// <summary>Whether letters lose their case.</summary>
    public bool LowersCase { get; private set; }

    /// <summary>Whether letters lose their accents.</summary>
    public bool StripsAccents { get; private set; }

    /// <summary>SentencePiece's precompiled map, or empty.</summary>
    public byte[] CharsMap { get; private set; } = [];

    /// <summary>Reads a node, or nothing.</summary>
    /// <exception cref="InvalidModelException">A step is of a kind that Hearth does not have.</exception>
    public static NormalizerRules Read(JsonElement node)
    {
        var rules = new NormalizerRules();
        foreach (var step in TokenizerJson.Steps(node)) rules.Add(step);
        return rules;
    }

    private void Add(JsonElement step)
    {
        switch (TokenizerJson.Kind(step))
        {
            case "NFC" or "NFD" or "Strip":
                break;
            case "StripAccents":
                StripsAccents = true;
                break;
            case "Lowercase":
                LowersCase = true;
                break;
            case "BertNormalizer":
                LowersCase = TokenizerJson.Flag(step, "lowercase", otherwise: true);
                StripsAccents = TokenizerJson.Flag(step, "strip_accents", otherwise: LowersCase);
                break;
            case "Precompiled":
                CharsMap = step.GetProperty("precompiled_charsmap").GetBytesFromBase64();
                break;
            case "Prepend" when TokenizerJson.Text(step, "prepend") == "\u2581":
                Prefix = SpacePrefix.Always;
                break;
            case "Replace":
                AddReplacement(step);
                break;
            case var type:
                throw new InvalidModelException($"The normalizer step \"{type}\" is not known to Hearth.");
        }
    }

    private void AddReplacement(JsonElement step)
    {
        var pattern = step.GetProperty("pattern");
        var (text, expression) = (TokenizerJson.Text(pattern, "String"), TokenizerJson.Text(pattern, "Regex"));
        var content = TokenizerJson.Text(step, "content");
        if (text == " " && content == "\u2581") EscapesSpaces = true;
        else if (expression is " {2,}" or @"\s+" or " +" && content is " " or "\u2581") RemovesExtraSpaces = true;
        else throw new InvalidModelException($"The normalizer's replacement of \"{text ?? expression}\" is not known to Hearth.");
    }
}
