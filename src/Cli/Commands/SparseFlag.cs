using System.CommandLine;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Sparsity.Profiling;

namespace Hearth.Cli.Commands;

/// <summary>Whether a model with true zeros reads only what active neurons need.</summary>
internal sealed class SparseFlag
{
    private const string Name = "--sparse";
    private const string ProfileName = "--sparse-profile";

    private readonly Option<string?> mode = Flag.Text(
        Name, [], "MODE", $"weights of neurons that a ReLU leaves at zero: {Names} (default: off, which reads them; sign and learned guess, and lose a little)");

    private readonly Option<string?> profile = Flag.Text(
        ProfileName, [], "FILE", "what 'hearth profile' has written: for sign, how careful it is; for auto, in which blocks it pays");

    /// <summary>Gives a command the flags.</summary>
    public SparseFlag(Command command)
    {
        command.Add(mode);
        command.Add(profile);
    }

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

    /// <summary>The profile; null for none.</summary>
    /// <exception cref="CommandException">The mode has no use for one.</exception>
    /// <exception cref="Hearth.Engine.InvalidModelException">The file cannot be read.</exception>
    public SparsityProfile? Profile(ParseResult line)
    {
        if (line.GetValue(profile) is not { } file)
            return null;
        return Mode(line) is SparsityMode.Sign or SparsityMode.Auto
            ? SparsityProfile.Load(file)
            : throw new CommandException($"{ProfileName} is for {Name} sign and {Name} auto.");
    }
}
