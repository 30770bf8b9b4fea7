using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;
using Hearth.Kernels;
using Hearth.Kernels.Isa;

namespace Hearth.Cli.Commands;

/// <summary><c>--version</c>: the version, the instruction set in use, and why that one.</summary>
internal sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
{
    /// <summary>The version without the commit.</summary>
    public static string Version { get; } =
        (typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0")
        .Split('+')[0];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        terminal.Output.WriteLine($"hearth {Version}");
        terminal.Output.WriteLine($"rung {Rung()}");
        terminal.Output.WriteLine(
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        return ExitCodes.Success;
    }

    private static string Rung()
    {
        string chosen = RungSelection.Name(RuntimeFlags.Kernels().Rung);
        string supported = string.Join(", ", KernelSet.Supported.Select(set => RungSelection.Name(set.Rung)));
        return string.IsNullOrEmpty(Environment.GetEnvironmentVariable(RungSelection.Variable))
            ? $"{chosen}: the best of what this machine has ({supported})"
            : $"{chosen}: {RungSelection.Variable} asks for it; this machine has {supported}";
    }
}
