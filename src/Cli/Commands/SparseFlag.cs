using System.CommandLine;
using Hearth.Engine.Sparsity;

namespace Hearth.Cli.Commands;

/// <summary>Whether a model with true zeros reads only what active neurons need.</summary>
internal sealed class SparseFlag
{
    private const string Name = "--sparse";

    private readonly Option<string?> mode = Flag.Text(
        Name, [], "MODE", $"weights of neurons that a ReLU leaves at zero: {Names} (default: off, which reads them; sign and learned guess, and lose a little)");

    /// <summary>Gives a command the flag.</summary>
    public SparseFlag(Command command) => command.Add(mode);

    private static string Names => string.Join(", ", Enum.GetNames<SparsityMode>()).ToLowerInvariant();

    /// <summary>The mode.</summary>
    /// <exception cref="CommandException">There is no such mode.</exception>
    public SparsityMode Mode(ParseResult line)
    {
        if (line.GetValue(mode) is not { } text)
            return SparsityMode.Off;
        foreach (var known in Enum.GetValues<SparsityMode>())
        {
            if (text.Equals(known.ToString(), StringComparison.OrdinalIgnoreCase))
                return known;
        }

        throw new CommandException($"{Name} {text} is no mode; there are {Names}.");
    }
}
