using System.CommandLine;
using System.Globalization;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models.Adapters;

namespace Hearth.Cli.Commands;

/// <summary>What is changed about a model while it is loaded: adapters, and values of keys.</summary>
internal sealed class AlterationFlags
{
    private const string LoraName = "--lora";
    private const string OverrideName = "--override-kv";

    private readonly Option<string[]> lora = Flag.Texts(
        LoraName, [], "FILE[:SCALE]", "low-rank adapter (GGUF) with a scale (default: 1); may be repeated");

    private readonly Option<string[]> overrides = Flag.Texts(
        OverrideName, [], "KEY=TYPE:VALUE", "value of a metadata key in place of the file's; types int, float, bool, str; may be repeated");

    /// <summary>Gives a command the flags.</summary>
    public AlterationFlags(Command command)
    {
        command.Add(lora);
        command.Add(overrides);
    }

    /// <summary>The adapters in their order.</summary>
    /// <exception cref="CommandException">One has no name.</exception>
    public LoraFile[] Adapters(ParseResult line) => [.. (line.GetValue(lora) ?? []).Select(ParseLora)];

    /// <summary>Values by key; of several for one key the last.</summary>
    /// <exception cref="CommandException">One has another form.</exception>
    public Dictionary<string, GgufValue> Overrides(ParseResult line)
    {
        var values = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        foreach (string text in line.GetValue(overrides) ?? [])
        {
            try
            {
                var (key, value) = GgufOverride.Parse(text);
                values[key] = value;
            }
            catch (FormatException e)
            {
                throw new CommandException($"{OverrideName} {e.Message}", ExitCodes.Usage, e);
            }
        }

        return values;
    }

    /// <summary>A file's name may have colons itself: only a number behind the last one is a scale, and only where no file has the whole name.</summary>
    private static LoraFile ParseLora(string text)
    {
        int colon = text.LastIndexOf(':');
        bool hasScale = float.TryParse(
            text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out float scale) && colon >= 0 && !File.Exists(text);
        string path = hasScale ? text[..colon] : text;
        return path.Length == 0
            ? throw new CommandException($"{LoraName} needs the name of a file.")
            : new LoraFile(path, hasScale ? scale : 1);
    }
}
