using System.CommandLine;
using Hearth.Cli.Rendering;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Sparsity.Profiling;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth profile</c>: which neurons of a model are active over a text, for <c>--sparse-profile</c>.</summary>
internal sealed class ProfileCommand
{
    public const string Description = "Counts which neurons a text makes active, for --sparse.";

    // Logits are computed and thrown away: the last block sees no other tokens.
    private const int OutputsOfPass = 64;
    private const float DefaultLoss = 1;

    private readonly Terminal terminal;
    private readonly WindowFlags text;
    private readonly Option<string?> output;
    private readonly Option<string?> loss;
    private readonly Option<bool> force;

    private ProfileCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        text = new WindowFlags(command);
        command.Add(output = Flag.Text("--output", ["-o", "--output-file"], "FILE", "the profile to write (default: none)"));
        command.Add(loss = Flag.Text("--loss", [], "PERCENT", "how much a predictor may lose of what the last matrices meet, as squares (default: 1)"));
        command.Add(force = Flag.Switch("--force", [], "replaces the file where it exists"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var profile = new ProfileCommand(command, terminal);
        command.SetAction(profile.Run);
    }

    private int Run(ParseResult line)
    {
        string? target = line.GetValue(output);
        string source = text.FileName(line);
        if (target != null)
            OutputFile.Check(target, source, line.GetValue(force));
        float percent = line.GetValue(loss) is { } given ? Flag.ToNumber("--loss", given) : DefaultLoss;
        if (!(percent is >= 0 and <= 100))
            throw new CommandException($"--loss {percent} is not within 0 and 100 percent.");
        var asked = text.Runtime.Options(line) with { Sparsity = SparsityMode.Exact, SparsityProfile = null };
        int length = WindowFlags.Length(asked);
        using var loaded = text.Runtime.Load(line, terminal, asked with { ContextLength = length, MaxOutputs = OutputsOfPass });
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        var windows = text.Windows(line, loaded.Model, length, stride: null);
        SparsityProfile profile;
        using (var bar = new ProgressLine(terminal, "reading"))
            profile = ActivityProfiler.Profile(loaded.Model, windows, percent / 100, new WindowReporter(bar, ""), cancellation);
        ProfileTable.Write(terminal.Output, profile, loaded.Model);
        if (target != null)
        {
            profile.Save(target);
            terminal.Output.WriteLine($"{target}: {Units.Of(profile.Layers.Count, "block")} over {Units.Of(windows.Count, "window")} of {length} tokens");
        }

        return ExitCodes.Success;
    }
}
