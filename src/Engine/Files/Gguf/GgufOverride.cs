using System.Globalization;

namespace Hearth.Engine.Files.Gguf;

/// <summary>Reads a key and its value as people write them on a command line: <c>KEY=TYPE:VALUE</c>, as llama.cpp has it.</summary>
public static class GgufOverride
{
    /// <summary>Reads a key and its value.</summary>
    /// <param name="text">For example <c>llama.expert_used_count=int:3</c>; the types are int, float, bool (true or false) and str.</param>
    /// <exception cref="FormatException">The text has another form, the type is unknown, or the value is not of the type.</exception>
    public static KeyValuePair<string, GgufValue> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=');
        int colon = equals < 0 ? -1 : text.IndexOf(':', equals);
        if (equals < 1 || colon < 0)
            throw new FormatException($"'{text}' should be KEY=TYPE:VALUE, with the types int, float, bool and str.");
        string value = text[(colon + 1)..];
        string type = text[(equals + 1)..colon];
        return new KeyValuePair<string, GgufValue>(text[..equals], type switch
        {
            "int" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)
                ? integer
                : throw Unfit(text, value, "a whole number of 64 bits"),
            "float" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? number
                : throw Unfit(text, value, "a number"),
            "bool" => bool.TryParse(value, out bool flag) ? flag : throw Unfit(text, value, "true or false"),
            "str" => value,
            _ => throw new FormatException($"'{text}' has the type '{type}'; there are int, float, bool and str."),
        });
    }

    private static FormatException Unfit(string text, string value, string expected)
        => new($"'{text}' has the value '{value}', which should be {expected}.");
}
