using System.Text.Json;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// A model's <c>config.json</c>. Keys can have several names, because families disagree about them, and can lie in an object, whose name and
/// theirs a dot joins; a model that also sees pictures keeps those of its text part in <c>text_config</c>.
/// </summary>
internal sealed class ModelConfig(string name, JsonElement root)
{
    private readonly JsonElement text =
        root.TryGetProperty("text_config", out var part) && part.ValueKind == JsonValueKind.Object ? part : default;

    /// <summary>The file, for messages.</summary>
    public string Name => name;

    /// <summary>The kind of model.</summary>
    /// <exception cref="InvalidModelException">It is missing.</exception>
    public string ModelType => Text("model_type") ?? throw new InvalidModelException($"{name}: model_type is missing; it should name the model's family.");

    /// <summary>Finds a value under the first of several names that is there and not null.</summary>
    public bool TryGet(string names, out JsonElement value)
    {
        foreach (string path in names.Split('|'))
        {
            foreach (var source in (ReadOnlySpan<JsonElement>)[text, root])
            {
                if (TryFollow(source, path, out value))
                    return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>An object, such as a rope's parameters, or null.</summary>
    /// <exception cref="InvalidModelException">It is something else.</exception>
    public ModelConfig? Part(string names)
        => !TryGet(names, out var value) ? null
            : value.ValueKind == JsonValueKind.Object ? new ModelConfig(name, value)
            : throw Wrong(names, value, "an object");

    /// <summary>A whole number that is not negative, or null.</summary>
    /// <exception cref="InvalidModelException">It is something else.</exception>
    public int? Int(string names)
        => !TryGet(names, out var value) ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0 ? number
            : throw Wrong(names, value, "a whole number");

    /// <summary>A whole number that must be there.</summary>
    /// <exception cref="InvalidModelException">It is missing or something else.</exception>
    public int RequiredInt(string names) => Int(names) ?? throw Missing(names, "a whole number");

    /// <summary>A number, or null.</summary>
    /// <exception cref="InvalidModelException">It is something else.</exception>
    public double? Number(string names)
        => !TryGet(names, out var value) ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number
            : throw Wrong(names, value, "a number");

    /// <summary>A number that must be there.</summary>
    /// <exception cref="InvalidModelException">It is missing or something else.</exception>
    public double RequiredNumber(string names) => Number(names) ?? throw Missing(names, "a number");

    /// <summary>A Boolean, or what holds where there is none.</summary>
    /// <exception cref="InvalidModelException">It is something else.</exception>
    public bool Flag(string names, bool fallback)
        => !TryGet(names, out var value) ? fallback
            : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
            : throw Wrong(names, value, "true or false");

    /// <summary>A text, or null.</summary>
    /// <exception cref="InvalidModelException">It is something else.</exception>
    public string? Text(string names)
        => !TryGet(names, out var value) ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw Wrong(names, value, "a text");

    /// <summary>A list of numbers, or null.</summary>
    /// <exception cref="InvalidModelException">It is something else, or an element is.</exception>
    public float[]? Numbers(string names)
    {
        if (!TryGetList(names, out var list))
            return null;
        var numbers = new List<float>();
        foreach (var element in list.EnumerateArray())
            numbers.Add(element.ValueKind == JsonValueKind.Number && float.IsFinite(element.GetSingle()) ? element.GetSingle() : throw Wrong(names, element, "a number"));
        return [.. numbers];
    }

    /// <summary>A list of texts, or null.</summary>
    /// <exception cref="InvalidModelException">It is something else, or an element is.</exception>
    public string[]? Texts(string names)
    {
        if (!TryGetList(names, out var list))
            return null;
        var texts = new List<string>();
        foreach (var element in list.EnumerateArray())
            texts.Add(element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Wrong(names, element, "a text"));
        return [.. texts];
    }

    /// <summary>What a family cannot do.</summary>
    public InvalidModelException Unsupported(string fact) => new($"{name}: {fact}.");

    private bool TryGetList(string names, out JsonElement list)
        => TryGet(names, out list) && (list.ValueKind == JsonValueKind.Array ? true : throw Wrong(names, list, "a list"));

    private static bool TryFollow(JsonElement source, string path, out JsonElement value)
    {
        value = source;
        foreach (string key in path.Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(key, out value))
                return false;
        }

        return value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
    }

    private InvalidModelException Missing(string names, string kind)
        => new($"{name}: {names.Split('|')[0]} is missing; it should be {kind}.");

    /// <summary>A value that is not what it should be.</summary>
    public InvalidModelException Wrong(string names, JsonElement value, string kind)
    {
        string raw = value.GetRawText();
        string found = names.Split('|').FirstOrDefault(path => TryFollow(text, path, out _) || TryFollow(root, path, out _)) ?? names;
        return new InvalidModelException($"{name}: {found} is {(raw.Length > 40 ? raw[..40] + "..." : raw)}; it should be {kind}.");
    }
}
