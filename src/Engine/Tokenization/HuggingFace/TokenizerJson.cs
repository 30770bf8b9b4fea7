using System.Text.Json;

namespace Hearth.Engine.Tokenization.HuggingFace;

/// <summary>What the parts of a <c>tokenizer.json</c> have in common: optional members, and steps that are sequences of steps.</summary>
internal static class TokenizerJson
{
    /// <summary>A Boolean member.</summary>
    /// <param name="node">An object.</param>
    /// <param name="name">The member.</param>
    /// <param name="otherwise">What holds when the member is absent or null.</param>
    public static bool Flag(JsonElement node, string name, bool otherwise)
        => node.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetBoolean() : otherwise;

    /// <summary>A string member, or null.</summary>
    public static string? Text(JsonElement node, string name)
        => node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A string.</summary>
    /// <exception cref="InvalidModelException">It is null.</exception>
    public static string Text(JsonElement value)
        => value.GetString() ?? throw new InvalidModelException("tokenizer.json has a null where a text must be.");

    /// <summary>A part of the file, or an undefined element when it is absent.</summary>
    public static JsonElement Part(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A step, or the steps of a sequence, in order; nothing for an absent part.</summary>
    /// <param name="node">A normalizer, pre-tokenizer, post-processor or decoder.</param>
    public static IEnumerable<JsonElement> Steps(JsonElement node)
    {
        if (node.ValueKind != JsonValueKind.Object) return [];
        if (Kind(node) != "Sequence") return [node];
        foreach (var name in (string[])["normalizers", "pretokenizers", "processors", "decoders"])
        {
            if (node.TryGetProperty(name, out var steps)) return steps.EnumerateArray().SelectMany(Steps);
        }

        throw new InvalidModelException("A sequence of steps in tokenizer.json has no steps.");
    }

    /// <summary>The type of a step.</summary>
    public static string Kind(JsonElement step) => step.GetProperty("type").GetString() ?? string.Empty;
}
