using System.CommandLine;
using Hearth.Cli.Rendering;
using Hearth.Engine.Quantization;
using Hearth.Engine.Sparsity;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth imatrix</c>: which columns of a model's matrices matter, for <c>hearth quantize --imatrix</c>.</summary>
internal sealed class ImatrixCommand
{
    public const string Description = "Collects an importance matrix over a text, for quantize.";

    private readonly Terminal terminal;
    private readonly WindowFlags text;
    private readonly Option<string?> output;
    private readonly Option<bool> withOutput;
    private readonly Option<bool> force;

    private ImatrixCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        text = new WindowFlags(command);
        command.Add(output = Flag.Text("--output", ["-o", "--output-file"], "FILE", "the GGUF file to write (default: imatrix.gguf)"));
        command.Add(withOutput = Flag.Switch("--process-output", [], "collects for output.weight too"));
        command.Add(force = Flag.Switch("--force", [], "replaces the file where it exists"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var imatrix = new ImatrixCommand(command, terminal);
        command.SetAction(imatrix.Run);
    }

    private int Run(ParseResult line)
    {
        string target = line.GetValue(output) ?? "imatrix.gguf";
        string source = text.FileName(line);
        OutputFile.Check(target, source, line.GetValue(force));
        // Products that leave something out would not be seen.
        var asked = text.Runtime.Options(line) with { Sparsity = SparsityMode.Off };
        int length = WindowFlags.Length(asked);
        using var loaded = text.Runtime.Load(line, terminal, asked with { ContextLength = length });
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        var windows = text.Windows(line, loaded.Model, length, stride: null);
        ImportanceMatrix matrix;
        using (var bar = new ProgressLine(terminal, "reading"))
        {
            matrix = ImportanceCollector.Collect(
                loaded.Model, windows, Path.GetFileName(source), line.GetValue(withOutput), new WindowReporter(bar, ""), cancellation);
        }

        matrix.Save(target);
        terminal.Output.WriteLine(
            $"{target}: {Units.Of(matrix.Entries.Count, "tensor")} over {Units.Of(windows.Count, "window")} of {length} tokens");
        return ExitCodes.Success;
    }
}
