using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Hearth.Engine.Quantization;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>The command that writes a synthetic model.</summary>
internal static class SynthesizeCommand
{
    public static Command Create()
    {
        var shape = new Option<string>("--shape")
        {
            Description = "The model whose sizes to take; --list names them.",
            DefaultValueFactory = _ => "tiny",
        };
        var type = new Option<string>("--type")
        {
            Description = "The kind of file, such as F16, Q8_0, Q4_0 or Q4_K_M; --list names them.",
            DefaultValueFactory = _ => "Q8_0",
        };
        var pure = new Option<bool>("--pure")
        {
            Description = "Give every matrix that type. Otherwise some have more bits, as in files that llama.cpp quantised.",
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Where the random numbers start; the same seed gives the same bytes on every machine.",
            DefaultValueFactory = _ => 1,
        };
        var zeros = new Option<double?>("--zeros")
        {
            Description = "Percent of the neurons that a ReLU leaves silent, for shapes with one. Default: 90.",
        };
        var output = new Option<string>("--out")
        {
            Description = "The file to write. Default: SHAPE-TYPE.gguf here.",
        };
        var list = new Option<bool>("--list")
        {
            Description = "Print the shapes and types and write nothing.",
        };

        var command = new Command("synthesize", "Write a GGUF file with random weights in the shape of a well-known model. "
            + "It runs as fast as the model itself in any program that reads GGUF. "
            + "Example: synthesize --shape tinyllama-1.1b --type Q4_K_M --out t.gguf")
        {
            shape,
            type,
            pure,
            seed,
            zeros,
            output,
            list,
        };
        command.SetAction(parsed => parsed.GetValue(list)
            ? List()
            : Run(
                parsed.GetValue(shape)!, parsed.GetValue(type)!, parsed.GetValue(pure), parsed.GetValue(seed), parsed.GetValue(zeros), parsed.GetValue(output)));
        return command;
    }

    private static int List()
    {
        Console.WriteLine("shapes:");
        foreach (var shape in ShapeCatalog.All)
        {
            var parameters = string.Create(CultureInfo.InvariantCulture, $"{shape.Parameters / 1e6:F1} M");
            Console.WriteLine($"  {shape.Name,-16} {parameters,9}  {shape.Description}");
        }

        Console.WriteLine();
        Console.WriteLine($"types: {string.Join(' ', TypeMix.Formats.Select(format => format.Type))}");
        Console.WriteLine($"kinds: {string.Join(' ', FileKind.All.Select(kind => kind.Name))}");
        return 0;
    }

    private static int Run(string shapeName, string typeName, bool pure, ulong seed, double? zeros, string? path)
    {
        if (!ShapeCatalog.TryGet(shapeName, out var shape))
            return Refuse($"there is no shape '{shapeName}'; --list names those that there are");
        if (!TypeMix.TryGet(typeName, pure, out var mix))
            return Refuse($"there is no type '{typeName}'; --list names those that there are");

        if (zeros is { } percent)
        {
            if (!shape.Relu || percent is not (>= 0 and <= 100))
                return Refuse("--zeros takes 0 to 100, and a shape with ReLU");
            shape = shape with { GateShift = SparseGate.ShiftFor(percent / 100) };
        }

        path ??= $"{shape.Name}-{mix.Name}.gguf";
        var clock = Stopwatch.StartNew();
        try
        {
            SyntheticModel.Write(path, shape, mix, seed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Refuse(e.Message);
        }

        var megabytes = new FileInfo(path).Length / 1e6;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {shape.Parameters / 1e6:F1} M weights, {megabytes:F0} MB, written in {clock.Elapsed.TotalSeconds:F1} s"));
        return 0;
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine($"synthesize: {reason}");
        return 1;
    }
}
