using System.CommandLine;
using Hearth.Cli.Commands;
using Hearth.Cli.Rendering;

namespace Hearth.Cli;

/// <summary>The program: a command line in, an exit code out.</summary>
internal static class Application
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="terminal">Where it reads and writes.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(string[] args, Terminal terminal)
    {
        try
        {
            args = Spelt(args);
            var root = CommandTree.Build(args.FirstOrDefault(CommandTree.Has) ?? "", terminal);
            var line = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
            CommandLineErrors.Check(line);
            int code = line.Invoke(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            terminal.Output.Flush();
            return code;
        }
        catch (Exception error)
        {
            return ErrorReport.Write(error, terminal, verbose: args.Contains(RuntimeFlags.VerboseName));
        }
    }

    /// <summary>What other programs have as commands are flags here.</summary>
    private static string[] Spelt(string[] args) => args switch
    {
        [] or ["help"] or ["help", "help"] => ["--help"],
        ["help", var command] when CommandTree.Has(command) => [command, "--help"],
        ["help", var other] => [other],
        ["version"] => ["--version"],
        _ => args,
    };
}
