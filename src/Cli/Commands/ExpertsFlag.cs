using System.CommandLine;

namespace Hearth.Cli.Commands;

/// <summary>How much memory a mixture's experts may take.</summary>
internal sealed class ExpertsFlag
{
    private const string Name = "--experts-memory";

    private readonly Option<string?> size = Flag.Text(
        Name, [], "SIZE", "most memory for experts, such as 4GB; the others are read when needed (default: what fits)");

    /// <summary>Gives a command the flag.</summary>
    public ExpertsFlag(Command command) => command.Add(size);

    /// <summary>Bytes; null where the flag is not given.</summary>
    public long? Bytes(ParseResult line) => line.GetValue(size) is { } text ? Flag.ToBytes(Name, text) : null;
}
