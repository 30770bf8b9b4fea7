using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Hearth.Cli.Commands;

/// <summary>
/// Flags by kind, with one sentence for a value that is not of the kind. Few kinds on purpose: each type argument of the library is
/// compiled at start.
/// </summary>
internal static class Flag
{
    private const string SizeLetters = "KMGTBIkmgtbi";

    /// <summary>A text.</summary>
    public static Option<string?> Text(string name, string[] aliases, string value, string description)
        => new(name, aliases) { HelpName = value, Description = description };

    /// <summary>A text that may be given several times.</summary>
    public static Option<string[]> Texts(string name, string[] aliases, string value, string description)
        => new(name, aliases) { HelpName = value, Description = description, Arity = ArgumentArity.OneOrMore };

    /// <summary>A flag without a value.</summary>
    public static Option<bool> Switch(string name, string[] aliases, string description)
        => new(name, aliases) { Description = description };

    /// <summary>A whole number within bounds.</summary>
    public static Option<int?> Integer(
        string name, string[] aliases, string description, int minimum = 0, int maximum = int.MaxValue)
        => new(name, aliases)
        {
            HelpName = "N",
            Description = description,
            CustomParser = result => ParseInteger(result, minimum, maximum),
        };

    /// <summary>Reads a number of bytes with its unit: 512MB or 1.5GB, and as powers of 1024 512MiB or 512M.</summary>
    /// <param name="flag">The flag as the user typed it.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="CommandException">It is none.</exception>
    public static long ToBytes(string flag, string text)
    {
        string number = text.TrimEnd([.. SizeLetters]);
        string unit = text[number.Length..].ToUpperInvariant();
        int power = unit.Length == 0 ? 0 : 1 + "KMGT".IndexOf(unit[0], StringComparison.Ordinal);
        double factor = unit.Length switch
        {
            > 0 when power == 0 => 0,
            1 => Math.Pow(1024, power),
            2 when unit[1] == 'B' => Math.Pow(1000, power),
            3 when unit.EndsWith("IB", StringComparison.Ordinal) => Math.Pow(1024, power),
            _ => 0,
        };
        bool isNumber = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
        double bytes = value * factor;
        return isNumber && factor > 0 && bytes < long.MaxValue
            ? (long)bytes
            : throw new CommandException($"{flag} takes a size such as 4GB or 512MB; '{text}' is none.");
    }

    /// <summary>Reads a whole number.</summary>
    /// <param name="flag">The flag as the user typed it.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="CommandException">It is none.</exception>
    public static int ToInteger(string flag, string text)
        => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new CommandException($"{flag} takes a whole number; '{text}' is none.");

    /// <summary>Reads a number.</summary>
    /// <param name="flag">The flag as the user typed it.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="CommandException">It is none.</exception>
    public static float ToNumber(string flag, string text)
        => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            ? value
            : throw new CommandException($"{flag} takes a number; '{text}' is none.");

    private static int? ParseInteger(ArgumentResult result, int minimum, int maximum)
    {
        if (result.Tokens.Count == 0)
            return null;
        string flag = (result.Parent as OptionResult)?.IdentifierToken?.Value ?? result.Argument.Name;
        string text = result.Tokens[^1].Value;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
            result.AddError($"{flag} takes a whole number; '{text}' is none.");
        else if (value < minimum || value > maximum)
            result.AddError(maximum == int.MaxValue
                ? $"{flag} {text} is too small; the least is {minimum}."
                : $"{flag} {text} is not within {minimum} and {maximum}.");
        return value;
    }
}
