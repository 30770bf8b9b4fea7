using System.CommandLine;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Cli.Commands;

/// <summary><c>-m</c>: which model.</summary>
internal sealed class ModelFlag
{
    private readonly Option<string?> model = Flag.Text(
        "--model", ["-m"], "FILE", $"GGUF model file, any part of a split one; without it {EmbeddedModel.Description}");

    /// <summary>Gives a command the flag.</summary>
    public ModelFlag(Command command) => command.Add(model);

    /// <summary>Whether the embedded model is meant.</summary>
    public bool IsEmbedded(ParseResult line) => line.GetValue(model) is null;

    /// <summary>Opens the file without reading its tensors.</summary>
    /// <exception cref="Hearth.Engine.InvalidModelException">It is no model.</exception>
    public GgufFile Open(ParseResult line)
        => line.GetValue(model) switch
        {
            null => EmbeddedModel.Open(),
            "" => throw new CommandException("-m needs the name of a file."),
            string path => GgufFile.Open(path),
        };
}
