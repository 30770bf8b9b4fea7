using System.CommandLine;
using System.CommandLine.Parsing;

namespace Hearth.Cli.Commands;

/// <summary>Says what is wrong with a command line in one sentence.</summary>
internal static class CommandLineErrors
{
    /// <summary>Throws if the line cannot be understood. A mistyped flag is found even where a prompt could stand.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    public static void Check(ParseResult line)
    {
        if (line.Action is { ClearsParseErrors: true })
            return;
        if (FindUnknownFlag(line) is { } flag)
            throw UnknownFlag(flag, line.CommandResult.Command);
        if (line.Errors.Count == 0)
            return;
        if (line.CommandResult.Command is RootCommand root)
            throw UnknownCommand(line, root);
        throw new CommandException(line.UnmatchedTokens is [string more, ..]
            ? $"'{more}' is one argument too many; put words that belong together into quotes."
            : line.Errors[0].Message);
    }

    private static string? FindUnknownFlag(ParseResult line)
    {
        var free = new List<string>(line.UnmatchedTokens);
        foreach (var child in line.CommandResult.Children)
        {
            if (child is ArgumentResult argument)
                free.AddRange(argument.Tokens.Select(token => token.Value));
        }

        foreach (var token in line.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
                return null;
            if (token.Type == TokenType.Argument && LooksLikeFlag(token.Value) && free.Contains(token.Value))
                return token.Value;
        }

        return null;
    }

    /// <summary>Dashes, then a letter, then no space: a sentence that begins with a dash is none.</summary>
    private static bool LooksLikeFlag(string text)
    {
        int dashes = text.AsSpan().IndexOfAnyExcept('-');
        if (dashes is not (1 or 2) || !char.IsAsciiLetter(text[dashes]))
            return false;
        int end = text.IndexOf('=', StringComparison.Ordinal);
        return !text.AsSpan(0, end < 0 ? text.Length : end).ContainsAny(" \t\n.,;:!?");
    }

    private static CommandException UnknownFlag(string token, Command command)
    {
        string flag = token.Split('=')[0];
        var known = new List<string>();
        foreach (var option in command.Options)
        {
            known.Add(option.Name);
            known.AddRange(option.Aliases);
        }

        string of = command is RootCommand ? "hearth" : $"hearth {command.Name}";
        if (known.Contains(flag))
            return new CommandException($"{flag} stands before the command; write '{of} {flag}'.");
        return new CommandException(NearestName.Find(flag, known) is { } nearest
            ? $"{flag} is no flag of '{of}'; did you mean {nearest}?"
            : $"{flag} is no flag of '{of}'; '{of} --help' lists them.");
    }

    private static CommandException UnknownCommand(ParseResult line, RootCommand root)
    {
        string name = line.UnmatchedTokens.FirstOrDefault() ?? "";
        if (CommandTree.Has(name))
            return new CommandException($"The command '{name}' stands behind '--', where only texts stand; write 'hearth {name}'.");
        return new CommandException(NearestName.Find(name, root.Subcommands.Select(command => command.Name)) is { } nearest
            ? $"There is no command '{name}'; did you mean '{nearest}'?"
            : $"There is no command '{name}'; 'hearth --help' lists them.");
    }
}
