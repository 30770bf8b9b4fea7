using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Hearth.Cli.Commands;

/// <summary>
/// All commands. Only the one that is called gets its flags: building all of them would cost each start some milliseconds.
/// </summary>
internal static class CommandTree
{
    private static readonly Entry[] Entries =
    [
        new("run", RunCommand.Description, RunCommand.Define),
        new("chat", ChatCommand.Description, ChatCommand.Define),
        new("inspect", InspectCommand.Description, InspectCommand.Define),
        new("bench", BenchCommand.Description, BenchCommand.Define),
        new("embed", EmbedCommand.Description, EmbedCommand.Define),
        new("rerank", RerankCommand.Description, RerankCommand.Define),
        new("quantize", QuantizeCommand.Description, QuantizeCommand.Define),
        new("pack", PackCommand.Description, PackCommand.Define),
        new("convert", ConvertCommand.Description, ConvertCommand.Define),
        new("imatrix", ImatrixCommand.Description, ImatrixCommand.Define),
        new("profile", ProfileCommand.Description, ProfileCommand.Define),
        new("perplexity", PerplexityCommand.Description, PerplexityCommand.Define),
        new("tokenize", TokenizeCommand.Description, TokenizeCommand.Define),
        new("detokenize", DetokenizeCommand.Description, DetokenizeCommand.Define),
        new("eval", EvalCommand.Description, EvalCommand.Define),
        new("template", TemplateCommand.Description, TemplateCommand.Define),
        new("sample", SampleCommand.Description, SampleCommand.Define),
        new("blocks", BlocksCommand.Description, BlocksCommand.Define),
    ];

    /// <summary>Whether there is such a command.</summary>
    public static bool Has(string name) => Array.Exists(Entries, entry => entry.Name == name);

    /// <summary>Builds the tree.</summary>
    /// <param name="called">The command that is called; empty for none.</param>
    /// <param name="terminal">What the commands talk to.</param>
    public static RootCommand Build(string called, Terminal terminal)
    {
        var root = new RootCommand("Runs transformer language models on the CPU, in pure .NET.") { HelpName = "hearth" };
        root.Directives.Clear();
        foreach (var option in root.Options)
        {
            if (option is VersionOption)
                option.Action = new VersionAction(terminal);
            else if (option is HelpOption { Action: HelpAction help })
                option.Action = new RootHelpAction(help, terminal);
        }

        foreach (var entry in Entries)
        {
            var command = new Command(entry.Name, entry.Description);
            if (entry.Name == called)
                entry.Define(command, terminal);
            root.Add(command);
        }

        return root;
    }

    private sealed record Entry(string Name, string Description, Action<Command, Terminal> Define);

    /// <summary>The help, and for the program as a whole its exit codes and environment.</summary>
    private sealed class RootHelpAction(HelpAction help, Terminal terminal) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is RootCommand)
                terminal.Output.WriteLine(ExitCodes.Table);
            return code;
        }
    }
}
