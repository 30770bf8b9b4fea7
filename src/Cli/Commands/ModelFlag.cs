using System.CommandLine;
using Hearth.Engine.Files;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization;

namespace Hearth.Cli.Commands;

/// <summary><c>-m</c>: which model.</summary>
internal sealed class ModelFlag
{
    private readonly Option<string?> model = Flag.Text(
        "--model", ["-m"], "FILE", $"GGUF model file, any part of a split one, or a Hugging Face folder; without it {EmbeddedModel.Description}");

    /// <summary>Gives a command the flag.</summary>
    public ModelFlag(Command command) => command.Add(model);

    /// <summary>Whether the embedded model is meant.</summary>
    public bool IsEmbedded(ParseResult line) => line.GetValue(model) is null;

    /// <summary>Opens the file without reading its tensors.</summary>
    /// <exception cref="Hearth.Engine.InvalidModelException">It is no model.</exception>
    public GgufFile Open(ParseResult line)
        => line.GetValue(model) is { } path ? OpenPath("-m", path) : EmbeddedModel.Open();

    /// <summary>Opens the tokenizer alone; a <c>tokenizer.json</c> will do too.</summary>
    /// <exception cref="CommandException">The name is empty.</exception>
    /// <exception cref="Hearth.Engine.InvalidModelException">There is none that can be read.</exception>
    public ITokenizer OpenTokenizer(ParseResult line)
    {
        if (line.GetValue(model) is { } path)
            return path.Length > 0 ? TokenizerFactory.Open(path) : throw NoName("-m");
        using var embedded = EmbeddedModel.Open();
        return TokenizerFactory.Of(embedded);
    }

    /// <summary>Opens a file that a flag names.</summary>
    /// <exception cref="CommandException">The name is empty.</exception>
    /// <exception cref="Hearth.Engine.InvalidModelException">It is no model.</exception>
    public static GgufFile OpenPath(string flag, string path)
        => path.Length > 0 ? ModelFile.Open(path) : throw NoName(flag);

    private static CommandException NoName(string flag) => new($"{flag} needs the name of a file.");
}
