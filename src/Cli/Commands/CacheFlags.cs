using System.CommandLine;
using Hearth.Kernels.Attention;

namespace Hearth.Cli.Commands;

/// <summary>How keys and values are stored in the cache.</summary>
internal sealed class CacheFlags
{
    private const string KeysName = "--cache-type-k";
    private const string ValuesName = "--cache-type-v";

    private readonly Option<string?> keys = Flag.Text(KeysName, ["-ctk"], "TYPE", $"storage of keys: {Names} (default: f16)");
    private readonly Option<string?> values = Flag.Text(ValuesName, ["-ctv"], "TYPE", $"storage of values: {Names} (default: f16)");

    /// <summary>Gives a command the flags.</summary>
    public CacheFlags(Command command)
    {
        command.Add(keys);
        command.Add(values);
    }

    private static string Names => string.Join(", ", Enum.GetNames<KvType>()).ToLowerInvariant();

    /// <summary>Storage of keys.</summary>
    public KvType Keys(ParseResult line) => Parse(KeysName, line.GetValue(keys));

    /// <summary>Storage of values.</summary>
    public KvType Values(ParseResult line) => Parse(ValuesName, line.GetValue(values));

    private static KvType Parse(string flag, string? text)
    {
        if (text is null)
            return KvType.F16;
        foreach (var type in Enum.GetValues<KvType>())
        {
            if (text.Equals(type.ToString(), StringComparison.OrdinalIgnoreCase))
                return type;
        }

        throw new CommandException($"{flag} {text} is no type of the cache; there are {Names}.");
    }
}
