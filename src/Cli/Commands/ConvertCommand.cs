using System.CommandLine;
using System.Diagnostics;
using Hearth.Cli.Rendering;
using Hearth.Engine.Files;
using Hearth.Engine.Quantization;
using Hearth.Kernels.Threading;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth convert</c>: a GGUF file of a Hugging Face folder.</summary>
internal sealed class ConvertCommand
{
    public const string Description = "Writes a GGUF file of a Hugging Face model folder.";

    private readonly Terminal terminal;
    private readonly Argument<string[]> arguments;
    private readonly Option<string?> type;
    private readonly Option<int?> threads;
    private readonly Option<bool> force;

    private ConvertCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        command.Add(arguments = new Argument<string[]>("FOLDER OUT")
        {
            Description = "folder with config.json, tokenizer.json and safetensors, and the file to write",
            Arity = ArgumentArity.ZeroOrMore,
        });
        command.Add(type = Flag.Text("--type", ["--outtype"], "TYPE", "kind of file, as for quantize (default: the type that the folder has)"));
        command.Add(threads = Flag.Integer("--threads", ["-t"], "threads (default: all)", 1, RuntimeFlags.MaxThreads));
        command.Add(force = Flag.Switch("--force", [], "replaces OUT where it exists"));
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var convert = new ConvertCommand(command, terminal);
        command.SetAction(convert.Run);
    }

    private int Run(ParseResult line)
    {
        if (line.GetValue(arguments) is not [var folder, var output])
            throw new CommandException("Two arguments are needed: the folder to read and the file to write.");
        string? name = line.GetValue(type);
        FileKind? kind = null;
        if (name is not null && !FileKind.TryGet(name, out kind))
            throw new CommandException($"--type {name} is no kind of file, such as F16 or Q8_0.");
        OutputFile.Check(output, folder, line.GetValue(force));
        long start = Stopwatch.GetTimestamp();
        using var source = ModelFile.OpenForConversion(folder);
        if (kind is null)
        {
            var main = source.Tensors.GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.ByteLength))!.Key;
            kind = FileKind.All.First(each => each.MainType == main);
        }

        var plan = QuantizationPlan.Create(source, new QuantizationOptions(kind));
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        using (var pool = new WorkerPool(line.GetValue(threads) ?? ProcessorTopology.LogicalProcessors))
        using (var bar = new ProgressLine(terminal, "converting"))
            Quantizer.Write(plan, output, pool, new TensorReporter(bar), cancellation);
        terminal.Output.WriteLine(
            $"{output}: {Units.Bytes(plan.Bytes)} of {kind.Name}, {Units.Time(Stopwatch.GetElapsedTime(start))}");
        return ExitCodes.Success;
    }
}
