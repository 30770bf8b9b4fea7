using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hearth.Cli.Rendering;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Quantization;
using Hearth.Engine.Sparsity;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Threading;
using Spectre.Console;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth quantize</c>: a model file with fewer bits, with llama-quantize's kinds and flags.</summary>
internal sealed class QuantizeCommand
{
    public const string Description = "Writes a model file with fewer bits a weight.";

    private readonly Terminal terminal;
    private readonly Argument<string[]> arguments;
    private readonly Option<string?> importance;
    private readonly Option<string[]> tensorTypes;
    private readonly Option<string?> outputType;
    private readonly Option<string?> embeddingType;
    private readonly Option<bool> keepOutput;
    private readonly Option<bool> pure;
    private readonly Option<bool> allowRequantize;
    private readonly Option<bool> sparse;
    private readonly Option<int?> threads;
    private readonly Option<bool> dryRun;
    private readonly Option<bool> force;

    private QuantizeCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        command.Add(arguments = new Argument<string[]>("IN OUT TYPE")
        {
            Description = $"GGUF file to read (any part of a split one), file to write, and kind: {Kinds}",
            Arity = ArgumentArity.ZeroOrMore,
        });
        command.Add(importance = Flag.Text("--imatrix", [], "FILE", "importance matrix, a GGUF file or one of the older form"));
        command.Add(tensorTypes = Flag.Texts(
            "--tensor-type", [], "PATTERN=TYPE", "type of the tensors whose names match a regular expression; the last match counts"));
        command.Add(outputType = Flag.Text("--output-tensor-type", [], "TYPE", "type of output.weight"));
        command.Add(embeddingType = Flag.Text("--token-embedding-type", [], "TYPE", "type of token_embd.weight"));
        command.Add(keepOutput = Flag.Switch("--leave-output-tensor", [], "leaves output.weight as it is"));
        command.Add(pure = Flag.Switch("--pure", [], "the kind's main type for every matrix"));
        command.Add(allowRequantize = Flag.Switch(
            "--allow-requantize", [], "quantises what is quantised already, which loses more than quantising the original"));
        command.Add(sparse = Flag.Switch(
            "--sparse", [], "turns ffn_down around (ffn_down_t), for models with ReLU that Hearth runs with --sparse; other programs may not read it"));
        command.Add(threads = Flag.Integer("--threads", ["-t"], "threads (default: all)", 1, RuntimeFlags.MaxThreads));
        command.Add(dryRun = Flag.Switch("--dry-run", [], "shows types and sizes, and writes nothing; OUT is not needed"));
        command.Add(force = Flag.Switch("--force", [], "replaces OUT where it exists"));
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    private static string Kinds => string.Join(", ", FileKind.All.Select(kind => kind.Name));

    public static void Define(Command command, Terminal terminal)
    {
        var quantize = new QuantizeCommand(command, terminal);
        command.SetAction(quantize.Run);
    }

    private int Run(ParseResult line)
    {
        bool isDry = line.GetValue(dryRun);
        var (input, output, kind) = (line.GetValue(arguments) ?? []) switch
        {
            [var file, var target, var name] => (file, target, Kind(name)),
            [var file, var name] when isDry => (file, null, Kind(name)),
            _ => throw new CommandException("Three arguments are needed: the file to read, the file to write, and the kind, such as Q4_K_M."),
        };
        var options = Options(line, kind);
        using var source = line.GetValue(sparse) ? TurnedModel.Of(GgufFile.Open(input)) : GgufFile.Open(input);
        var plan = QuantizationPlan.Create(source, options);
        if (isDry)
        {
            Show(plan);
            return ExitCodes.Success;
        }

        OutputFile.Check(output!, input, line.GetValue(force));
        long start = Stopwatch.GetTimestamp();
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        using (var pool = new WorkerPool(line.GetValue(threads) ?? ProcessorTopology.LogicalProcessors))
        using (var bar = new ProgressLine(terminal, "quantizing"))
            Quantizer.Write(plan, output!, pool, new TensorReporter(bar), cancellation);
        Warn(plan);
        terminal.Output.WriteLine($"{output}: {Summary(plan)}, {Units.Time(Stopwatch.GetElapsedTime(start))}");
        return ExitCodes.Success;
    }

    private static FileKind Kind(string name)
        => FileKind.TryGet(name, out var kind)
            ? kind
            : throw new CommandException(NearestName.Find(name, FileKind.All.Select(kind => kind.Name)) is { } nearest
                ? $"{name} is no kind of file; did you mean {nearest}?"
                : $"{name} is no kind of file; there are {Kinds}.");

    private QuantizationOptions Options(ParseResult line, FileKind kind) => new(kind)
    {
        Importance = line.GetValue(importance) is { } file ? ImportanceMatrix.Load(file) : null,
        TensorTypes = [.. (line.GetValue(tensorTypes) ?? []).Select(TensorType)],
        OutputType = line.GetValue(outputType) is { } output ? TypeOf("--output-tensor-type", output) : null,
        EmbeddingType = line.GetValue(embeddingType) is { } embedding ? TypeOf("--token-embedding-type", embedding) : null,
        KeepOutput = line.GetValue(keepOutput),
        Pure = line.GetValue(pure),
        AllowRequantize = line.GetValue(allowRequantize),
    };

    private static (Regex Pattern, WeightType Type) TensorType(string text)
    {
        int at = text.LastIndexOf('=');
        if (at <= 0)
            throw new CommandException($"--tensor-type takes a pattern and a type, such as ffn_down=Q6_K; '{text}' is not so.");
        try
        {
            // Without backtracking no pattern takes longer than its text is long.
            return (new Regex(text[..at], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), TypeOf("--tensor-type", text[(at + 1)..]));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new CommandException($"--tensor-type {text}: '{text[..at]}' is no regular expression that can be used: {e.Message}");
        }
    }

    private static WeightType TypeOf(string flag, string name)
        => WeightFormat.TryGet(name, out var format) && format.Type is not (WeightType.Q8_1 or WeightType.Q8_K)
            ? format.Type
            : throw new CommandException($"{flag}: {name} is no type of weights, such as Q6_K.");

    private void Show(QuantizationPlan plan)
    {
        var table = SpectreOutput.Table("tensor", "shape", "from", "to", "size");
        foreach (var tensor in plan.Tensors)
        {
            table.AddRow(
                new Text(Printable.Line(tensor.Source.Name)),
                new Text(string.Join(" x ", tensor.Source.Dimensions.ToArray())),
                new Text(tensor.Source.Type.ToString()),
                new Text(tensor.IsFallback ? $"{tensor.Type} (for {tensor.Wanted})" : tensor.Type.ToString()),
                new Text(Units.Bytes(tensor.Bytes)));
        }

        SpectreOutput.Open(terminal).Write(table);
        terminal.Output.WriteLine(Summary(plan));
        int lacking = plan.Tensors.Count(tensor => tensor.LacksImportance);
        if (lacking > 0)
            terminal.Output.WriteLine($"{Units.Of(lacking, "tensor")} would need an importance matrix (--imatrix).");
    }

    /// <summary>Falling back is no error, but nobody should find out by accident that a file is larger than its kind says.</summary>
    private void Warn(QuantizationPlan plan)
    {
        foreach (var group in plan.Tensors.Where(tensor => tensor.IsFallback).GroupBy(tensor => (tensor.Wanted, tensor.Type, tensor.Columns)))
        {
            terminal.Error.WriteLine(
                $"hearth: {Units.Of(group.Count(), "tensor")} with rows of {group.Key.Columns} weights, which do not divide into "
                + $"{group.Key.Wanted} blocks, became {group.Key.Type}: {Printable.Line(group.First().Source.Name)}"
                + (group.Count() > 1 ? " and others." : "."));
        }
    }

    private static string Summary(QuantizationPlan plan)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Units.Bytes(plan.SourceBytes)} of weights become {Units.Bytes(plan.Bytes)} of {plan.Options.Kind.Name}, {plan.BitsPerWeight:F2} bits a weight");
}
