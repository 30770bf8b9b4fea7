using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
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
        terminal.Output.WriteLine($"rung {ChosenRung()}");
        terminal.Output.WriteLine(
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        if (OffersMoreOnNet11)
            terminal.Output.WriteLine($"{RungSelection.Name(Rung.Avx512Vnni)}: this CPU has it, and Hearth built for .NET 11 uses it");
        return ExitCodes.Success;
    }

    // Both runtimes take VBMI2 and VNNI of 512 bits for one set of instructions, of which .NET 10 names the former alone.
    private static bool OffersMoreOnNet11
        => Avx512Vbmi2.IsSupported
        && AppContext.TargetFrameworkName?.EndsWith("v10.0", StringComparison.Ordinal) == true
        && KernelSet.Supported.Any(set => set.Rung == Rung.Avx512);

    private static string ChosenRung()
    {
        string chosen = RungSelection.Name(RuntimeFlags.Kernels().Rung);
        string supported = string.Join(", ", KernelSet.Supported.Select(set => RungSelection.Name(set.Rung)));
        return string.IsNullOrEmpty(Environment.GetEnvironmentVariable(RungSelection.Variable))
            ? $"{chosen}: the best of what this machine has ({supported})"
            : $"{chosen}: {RungSelection.Variable} asks for it; this machine has {supported}";
    }
}
