using System.CommandLine;
using Hearth.Engine.Quantization;
using Hearth.Kernels.Formats;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth blocks</c>: the codecs of block types on bare files, for those who check them from outside.</summary>
internal sealed class BlocksCommand
{
    public const string Description = "Decodes and encodes bare files of weight blocks.";

    private readonly Option<string?> type;
    private readonly Option<string?> decode;
    private readonly Option<string?> encode;
    private readonly Option<int?> row;
    private readonly Option<string?> importance;
    private readonly Option<string?> output;

    private BlocksCommand(Command command)
    {
        command.Add(type = Flag.Text("--type", [], "TYPE", $"block type: {Names}"));
        command.Add(decode = Flag.Text("--decode", [], "FILE", "blocks to turn into little-endian 32-bit floats"));
        command.Add(encode = Flag.Text("--encode", [], "FILE", "little-endian 32-bit floats to turn into blocks"));
        command.Add(row = Flag.Integer("--row", [], "floats of a row to encode (default: all are one row)", 1));
        command.Add(importance = Flag.Text("--imatrix", [], "FILE", "a float for each column: how much its error counts"));
        command.Add(output = Flag.Text("--out", ["-o"], "FILE", "the file to write"));
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    private static string Names => string.Join(", ", WeightFormat.All.Select(format => format.Type));

    public static void Define(Command command, Terminal terminal)
    {
        var blocks = new BlocksCommand(command);
        command.SetAction(blocks.Run);
    }

    private int Run(ParseResult line)
    {
        string name = line.GetValue(type) ?? throw new CommandException("--type is needed: the type of the blocks, such as Q4_K.");
        if (!WeightFormat.TryGet(name, out var format))
            throw new CommandException($"--type {name} is no block type; there are {Names}.");
        string target = line.GetValue(output) ?? throw new CommandException("--out is needed: the file to write.");
        switch (line.GetValue(decode), line.GetValue(encode))
        {
            case ({ } blocks, null):
                BlockFile.Decode(format, blocks, target);
                return ExitCodes.Success;
            case (null, { } floats):
                BlockFile.Encode(format, floats, line.GetValue(row) ?? 0, line.GetValue(importance), target);
                return ExitCodes.Success;
            default:
                throw new CommandException("Either --decode or --encode is needed: the file to read.");
        }
    }
}
