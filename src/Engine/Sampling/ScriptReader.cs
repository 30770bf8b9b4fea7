using System.Text.Json;

namespace Hearth.Engine.Sampling;

/// <summary>Reads a script's JSON with one sentence for everything that is not as it should be.</summary>
internal static class ScriptReader
{
    public static JsonElement Array(JsonElement owner, string name)
    {
        if (!owner.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.Array)
            throw new SamplingException($"{name} must be an array{Found(value)}.");
        return value;
    }

    public static int Integer(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number))
            throw new SamplingException($"{name} must be a whole number of 32 bits{Found(value)}.");
        return number;
    }

    public static int Token(JsonElement value, string name)
    {
        int token = Integer(value, name);
        if (token < 0)
            throw new SamplingException($"{name} is {token}; a token id is 0 or more.");
        return token;
    }

    public static ulong Seed(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetUInt64(out ulong seed))
            throw new SamplingException($"{name} must be a whole number of 64 bits, 0 or more{Found(value)}.");
        return seed;
    }

    /// <summary>A number, or "-inf", "inf" or "nan", which JSON has no numbers for.</summary>
    public static float Float(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number))
            return (float)number;

        string? word = value.ValueKind == JsonValueKind.String ? value.GetString()!.ToLowerInvariant() : null;
        return word switch
        {
            "-inf" or "-infinity" => float.NegativeInfinity,
            "inf" or "+inf" or "infinity" => float.PositiveInfinity,
            "nan" => float.NaN,
            _ => throw new SamplingException($"{name} must be a number or \"-inf\"{Found(value)}."),
        };
    }

    public static int[] Tokens(JsonElement array, string name)
    {
        if (array.ValueKind != JsonValueKind.Array)
            throw new SamplingException($"{name} must be an array of token ids{Found(array)}.");
        var tokens = new int[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement token in array.EnumerateArray())
        {
            tokens[i] = Token(token, $"{name}[{i}]");
            i++;
        }

        return tokens;
    }

    public static float[] Logits(JsonElement array, string name)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() == 0)
            throw new SamplingException($"{name} must be an array of at least one logit{Found(array)}.");
        var logits = new float[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement logit in array.EnumerateArray())
        {
            logits[i] = Float(logit, $"{name}[{i}]");
            i++;
        }

        return logits;
    }

    private static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => "; it is missing",
        JsonValueKind.Object => "; it is an object",
        JsonValueKind.Array => $"; it is an array of {value.GetArrayLength()}",
        _ => $"; it is {value.GetRawText()}",
    };
}
