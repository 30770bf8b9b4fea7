using System.Text;
using System.Text.Json;

namespace Hearth.Cli.Tests;

/// <summary>A command line run inside the test's process, with streams in place of a terminal.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static string Stories { get; } = PackedModels.PathOf("stories260K-Q8_0.gguf");

    public static CommandRun Of(params string[] args) => WithInput("", args);

    public static CommandRun WithInput(string input, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        int code;
        using (var terminal = new Terminal(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error, new Interrupts(_ => { })))
            code = Application.Run(args, terminal);
        return new CommandRun(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>As <see cref="WithInput"/>, as if a person read the output.</summary>
    public static CommandRun OnTerminal(string input, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var streams = new Terminal(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error, new Interrupts(_ => { }))
        {
            OutputIsTerminal = true,
            ErrorIsTerminal = true,
            HasColor = true,
        };
        int code;
        using (streams)
            code = Application.Run(args, streams);
        return new CommandRun(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>The one sentence of a failed run.</summary>
    public string Sentence()
    {
        Assert.Empty(Output);
        Assert.StartsWith("hearth: ", Error, StringComparison.Ordinal);
        Assert.EndsWith("\n", Error, StringComparison.Ordinal);
        Assert.Equal(1, Error.Count(c => c == '\n'));
        return Error["hearth: ".Length..^1];
    }

    /// <summary>The lines of a successful run.</summary>
    public string[] Lines()
    {
        Assert.Equal("", Error);
        Assert.Equal(ExitCodes.Success, ExitCode);
        return Output.Split('\n')[..^1];
    }

    /// <summary>The JSON object of each line.</summary>
    public JsonElement[] Objects() => [.. Lines().Select(line => JsonDocument.Parse(line).RootElement)];
}
