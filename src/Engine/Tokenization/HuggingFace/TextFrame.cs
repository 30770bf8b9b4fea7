using System.Text.Json;

namespace Hearth.Engine.Tokenization.HuggingFace;

/// <summary>The special tokens that the <c>post_processor</c> of a <c>tokenizer.json</c> puts around one text.</summary>
/// <param name="IsStated">Whether there is a post-processor that says so; without one the configuration may.</param>
/// <param name="Before">The token before the text, or null.</param>
/// <param name="After">The token after the text, or null.</param>
internal sealed record TextFrame(bool IsStated, string? Before, string? After)
{
    /// <summary>Reads a node, or nothing.</summary>
    /// <exception cref="InvalidModelException">There are several tokens on one side of the text.</exception>
    public static TextFrame Read(JsonElement node)
    {
        var frame = new TextFrame(false, null, null);
        foreach (var step in TokenizerJson.Steps(node))
        {
            frame = TokenizerJson.Kind(step) switch
            {
                "ByteLevel" => frame,
                "TemplateProcessing" => OfTemplate(step.GetProperty("single")),
                "BertProcessing" or "RobertaProcessing"
                    => new TextFrame(true, step.GetProperty("cls")[0].GetString(), step.GetProperty("sep")[0].GetString()),
                var type => throw new InvalidModelException($"The post-processor \"{type}\" is not known to Hearth."),
            };
        }

        return frame;
    }

    private static TextFrame OfTemplate(JsonElement template)
    {
        string? before = null;
        string? after = null;
        var inText = false;
        foreach (var item in template.EnumerateArray())
        {
            if (!item.TryGetProperty("SpecialToken", out var token))
            {
                inText = true;
                continue;
            }

            ref var side = ref inText ? ref after : ref before;
            if (side is not null)
            {
                throw new InvalidModelException(
                    "The post-processor puts more than one token on one side of a text, which Hearth does not.");
            }

            side = token.GetProperty("id").GetString();
        }

        return new TextFrame(true, before, after);
    }
}
