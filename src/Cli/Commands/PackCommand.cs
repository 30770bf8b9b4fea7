using System.CommandLine;
using System.Diagnostics;
using Hearth.Cli.Rendering;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Kernels.Threading;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth pack</c>: the matrices of a model as kernels read them, in a file beside it that later loads map.</summary>
internal sealed class PackCommand
{
    public const string Description = "Writes a model's packed matrices beside it, so that it loads at once.";

    private readonly Terminal terminal;
    private readonly Option<string?> model;
    private readonly Option<int?> threads;
    private readonly Option<bool> check;

    private PackCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        command.Add(model = Flag.Text("--model", ["-m"], "FILE", "GGUF model file; the panels go to FILE.panels"));
        command.Add(threads = Flag.Integer("--threads", ["-t"], "threads (default: one a physical core)", 1, RuntimeFlags.MaxThreads));
        command.Add(check = Flag.Switch("--check", [], "writes nothing, and compares every weight of the panels with the model's"));
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var pack = new PackCommand(command, terminal);
        command.SetAction(pack.Run);
    }

    private int Run(ParseResult line)
    {
        string path = line.GetValue(model) ?? throw new CommandException("-m is missing: the GGUF model file whose matrices are to be packed.");
        var kernels = RuntimeFlags.Kernels();
        long start = Stopwatch.GetTimestamp();
        using var source = GgufFile.Open(path);
        using var pool = new WorkerPool(line.GetValue(threads) ?? ProcessorTopology.DefaultThreads);
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        if (!line.GetValue(check))
        {
            using var bar = new ProgressLine(terminal, "packing");
            PanelFile.Write(source, kernels, pool, new Reporter(bar), cancellation);
        }

        if (!PanelFile.TryOpen(source, out var panels))
            throw new CommandException($"{PanelFile.PathOf(source.Name)}: there are no panels of this model; write them by hearth pack -m {path}.");
        using (panels)
        {
            using (var bar = new ProgressLine(terminal, "comparing"))
                panels.Verify(source, kernels, pool, new Reporter(bar), cancellation);
            terminal.Output.WriteLine(
                $"{PanelFile.PathOf(source.Name)}: {Units.Bytes(panels.ByteLength)}, equal to the model, {Units.Time(Stopwatch.GetElapsedTime(start))}");
        }

        return ExitCodes.Success;
    }

    private sealed class Reporter(ProgressLine bar) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => bar.Report(value.LoadedBytes, value.TotalBytes, Units.Bytes(value.LoadedBytes));
    }
}
