using System.Text.Json;

namespace Hearth.Cli.Commands;

/// <summary>Reads fields of a JSON object with one sentence for what is not as it should be.</summary>
internal static class JsonFields
{
    /// <summary>A text that must be there.</summary>
    /// <exception cref="FormatException">It is missing or no text.</exception>
    public static string Text(JsonElement owner, string name)
        => owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Decode(value, name)
            : throw new FormatException($"'{name}' should be a text.");

    /// <summary>A text that may be missing or null.</summary>
    /// <exception cref="FormatException">It is no text.</exception>
    public static string? OptionalText(JsonElement owner, string name)
        => owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Text(owner, name) : null;

    /// <summary>A Boolean that has a default.</summary>
    /// <exception cref="FormatException">It is no Boolean.</exception>
    public static bool Flag(JsonElement owner, string name, bool fallback)
    {
        if (!owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return fallback;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new FormatException($"'{name}' should be true or false.");
    }

    /// <summary>Token ids.</summary>
    /// <exception cref="FormatException">They are missing, no array, or no whole numbers.</exception>
    public static int[] Ids(JsonElement owner, string name)
    {
        if (!owner.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Array)
            throw new FormatException($"'{name}' should be an array of token ids.");
        int[] ids = new int[value.GetArrayLength()];
        int count = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out ids[count]))
                throw new FormatException($"'{name}[{count}]' should be a token id; it is {item.GetRawText()}.");
            count++;
        }

        return ids;
    }

    private static string Decode(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"'{name}' holds half a surrogate pair, which is no text.", e);
        }
    }
}
