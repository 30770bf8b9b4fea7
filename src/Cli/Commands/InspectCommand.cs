using System.CommandLine;
using Hearth.Cli.Rendering;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Memory;
using Spectre.Console;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth inspect</c>: what is in a model file, and what it takes to run it. The tensors are not read.</summary>
internal sealed class InspectCommand
{
    public const string Description = "Shows a model's metadata, tensors and the memory it needs.";

    private const int ValueLimit = 100;
    private const int DefaultContextLimit = 4096;

    private readonly Terminal terminal;
    private readonly RuntimeFlags runtime;
    private readonly Option<bool> tensors;
    private readonly Option<bool> metadata;

    private InspectCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        runtime = new RuntimeFlags(command);
        command.Add(metadata = Flag.Switch("--metadata", [], "the metadata alone, long texts in full"));
        command.Add(tensors = Flag.Switch("--tensors", [], "the tensors alone"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var inspect = new InspectCommand(command, terminal);
        command.SetAction(inspect.Run);
    }

    private int Run(ParseResult line)
    {
        var options = runtime.Options(line);
        using var file = runtime.Model.Open(line).Overriding(options.MetadataOverrides);
        var console = SpectreOutput.Open(terminal);
        bool metadataAlone = line.GetValue(metadata);
        bool tensorsAlone = line.GetValue(tensors);
        if (!tensorsAlone)
            console.Write(Metadata(file, metadataAlone ? int.MaxValue : ValueLimit));
        if (!metadataAlone && !tensorsAlone)
            console.WriteLine();
        if (!metadataAlone)
            console.Write(Tensors(file));
        if (metadataAlone || tensorsAlone)
            return ExitCodes.Success;

        // Last, because it is what most people look for, and the lists above are long.
        console.WriteLine();
        console.Write(Summary(file, options));
        return ExitCodes.Success;
    }

    private static Table Summary(GgufFile file, HearthModelOptions options)
    {
        var summary = ModelSummary.Read(file);
        int context = options.ContextLength is > 0 and { } asked ? asked
            : options.ContextLength == 0 ? summary.ContextLength
            : Math.Min(summary.ContextLength, DefaultContextLimit);
        long cache = checked(summary.CacheBytes(context, options.CacheTypeK, options.CacheTypeV) + summary.StateBytes);
        var table = SpectreOutput.Table("", "");
        table.HideHeaders();
        Add(table, "file", $"{file.Name}, {Units.Bytes(file.ByteLength)}");
        Add(table, "architecture", summary.IsSupported ? summary.Architecture : $"{summary.Architecture} (not supported)");
        if (summary.Name.Length > 0)
            Add(table, "name", summary.Name);
        Add(table, "parameters", Units.Count(summary.Parameters));
        Add(table, "weights", summary.MainType == null ? "none: a vocabulary alone" : $"mostly {Units.MainType(summary)}");
        Add(table, "shape", $"{Units.Of(summary.Layers, "layer")} of width {summary.Width}, trained for {summary.ContextLength} positions");
        if (summary.WeightBytes > 0)
        {
            Add(table, "read per token", $"{Units.Bytes(summary.WeightBytesPerToken)} of weights");
            Add(table, "memory", $"{Units.Bytes(summary.LoadedBytes)} of weights + {Units.Bytes(cache)} of cache for {context} positions"
                + $" ({options.CacheTypeK}/{options.CacheTypeV}) = {Units.Bytes(summary.LoadedBytes + cache)}, and scratch for the batch");
            var memory = SystemMemory.Read();
            var plan = MemoryPlan.Of(summary, context, options, memory, File.Exists(PanelFile.PathOf(file.Name)));
            Add(table, "this machine", $"{Units.Bytes(memory.AvailableBytes)} available{MemoryNote.Of(plan)}");
        }

        return table;
    }

    private static Table Metadata(GgufFile file, int limit)
    {
        var table = SpectreOutput.Table("key", "type", "value");
        foreach (var (key, value) in file.Metadata)
        {
            string type = value.IsArray ? $"{value.ElementType}[{value.Count}]" : value.Type.ToString();
            Add(table, key, type, Printable.Line(value.ToString(), limit));
        }

        return table;
    }

    private static Table Tensors(GgufFile file)
    {
        var table = SpectreOutput.Table("tensor", "shape", "type", "size");
        foreach (var tensor in file.Tensors)
        {
            string shape = string.Join(" x ", tensor.Dimensions.ToArray());
            Add(table, tensor.Name, shape, tensor.Type.ToString(), Units.Bytes(tensor.ByteLength));
        }

        return table;
    }

    private static void Add(Table table, params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>(cells.Length);
        foreach (string cell in cells)
            row.Add(new Text(Printable.Line(cell)));
        table.AddRow(row);
    }
}
