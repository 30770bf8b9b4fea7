using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hearth.Cli.Rendering;
using Hearth.Engine.Evaluation;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth perplexity</c>: how surprised a model is by a text, and how far its guesses are from another model's.</summary>
internal sealed class PerplexityCommand
{
    public const string Description = "Measures perplexity over a text, or the distance to another model's guesses.";

    private const int OutputsOfPass = 64;

    private readonly Terminal terminal;
    private readonly WindowFlags text;
    private readonly Option<int?> stride;
    private readonly Option<string?> save;
    private readonly Option<bool> divergence;
    private readonly Option<string?> baseFile;
    private readonly Option<string?> baseModel;
    private readonly Option<bool> json;

    private PerplexityCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        text = new WindowFlags(command);
        command.Add(stride = Flag.Integer(
            "--ppl-stride", ["--stride"], "windows overlap: each begins N tokens after the one before and scores its last N", 1));
        command.Add(save = Flag.Text("--save-all-logits", [], "FILE", "writes all guesses, for --kl-divergence-base"));
        command.Add(divergence = Flag.Switch("--kl-divergence", [], "compares with a base: --kl-divergence-base or --base"));
        command.Add(baseFile = Flag.Text(
            "--kl-divergence-base", [], "FILE", "guesses of another model to compare with; written instead where --kl-divergence is not given"));
        command.Add(baseModel = Flag.Text("--base", [], "MODEL", "another model to compare with"));
        command.Add(json = Flag.Switch("--json", [], "the result as a JSON object"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var perplexity = new PerplexityCommand(command, terminal);
        command.SetAction(perplexity.Run);
    }

    private int Run(ParseResult line)
    {
        string? logits = line.GetValue(baseFile);
        string? other = line.GetValue(baseModel);
        bool compares = line.GetValue(divergence) || other is not null;
        if (compares && logits is null == other is null)
            throw new CommandException("--kl-divergence needs one base to compare with: --kl-divergence-base FILE or --base MODEL.");
        string? saved = line.GetValue(save) ?? (compares ? null : logits);
        if (saved is not null && (compares || line.GetValue(stride) is not null))
            throw new CommandException("Guesses are saved of windows side by side, without --ppl-stride, --kl-divergence and --base.");

        var asked = text.Runtime.Options(line);
        bool readsFile = compares && other is null;
        int length = readsFile ? PerplexityRun.WindowLength(logits!) : WindowFlags.Length(asked);
        if (line.GetValue(stride) is { } step)
        {
            if (step >= length)
                throw new CommandException($"--ppl-stride {step} is not less than the window of {length} tokens.");
            length += step / 2;
        }

        var options = asked with { ContextLength = length, MaxOutputs = OutputsOfPass };
        if (!readsFile)
            _ = text.FileName(line);
        using var loaded = text.Runtime.Load(line, terminal, options);
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        using var bar = new ProgressLine(terminal, "reading");
        var reporter = new WindowReporter(bar, compares ? "mean divergence" : "perplexity");
        if (readsFile)
        {
            Show(line, PerplexityRun.Compare(loaded.Model, logits!, reporter, cancellation), bar);
            return ExitCodes.Success;
        }

        var windows = text.Windows(line, loaded.Model, length, line.GetValue(stride));
        if (other is not null)
        {
            using var second = LoadedModel.Load(() => ModelFlag.OpenPath("--base", other), options, terminal);
            Show(line, PerplexityRun.Compare(loaded.Model, second.Model, windows, reporter, cancellation), bar);
        }
        else
        {
            var meter = saved is null
                ? PerplexityRun.Measure(loaded.Model, windows, reporter, cancellation)
                : PerplexityRun.Save(loaded.Model, windows, saved, reporter, cancellation);
            Show(line, meter, windows.Count, length, bar);
        }

        return ExitCodes.Success;
    }

    private void Show(ParseResult line, PerplexityMeter meter, int windows, int length, ProgressLine bar)
    {
        bar.Dispose();
        if (!line.GetValue(json))
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"perplexity {meter.Value:F4} +/- {meter.Uncertainty:F4} ({windows} windows of {length} tokens, {meter.Count} guesses)"));
            return;
        }

        WriteJson(writer =>
        {
            Number(writer, "perplexity", meter.Value);
            Number(writer, "uncertainty", meter.Uncertainty);
            writer.WriteNumber("windows", windows);
            writer.WriteNumber("window_tokens", length);
            writer.WriteNumber("guesses", meter.Count);
        });
    }

    private void Show(ParseResult line, DivergenceMeter meter, ProgressLine bar)
    {
        bar.Dispose();
        (string Name, string Label, double Value)[] figures =
        [
            ("perplexity", "perplexity", meter.Model.Value),
            ("base_perplexity", "perplexity of the base", meter.Base.Value),
            ("mean_kld", "mean divergence", meter.Mean),
            ("mean_kld_uncertainty", "  its uncertainty", meter.Uncertainty),
            ("median_kld", "median divergence", meter.Quantile(0.5)),
            ("p99_kld", "99 % are below", meter.Quantile(0.99)),
            ("max_kld", "greatest divergence", meter.Maximum),
            ("same_top", "same most probable token", meter.SameTop),
            ("mean_dp", "mean change of p", meter.MeanShift),
            ("rms_dp", "RMS change of p", meter.RootMeanSquareShift),
        ];
        if (line.GetValue(json))
        {
            WriteJson(writer =>
            {
                foreach (var (name, _, value) in figures)
                    Number(writer, name, value);
                writer.WriteNumber("guesses", meter.Count);
            });
            return;
        }

        foreach (var (_, label, value) in figures)
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label,-26}{value:F6}"));
        terminal.Output.WriteLine($"{"guesses",-26}{meter.Count}");
    }

    private void WriteJson(Action<Utf8JsonWriter> write)
    {
        using (var writer = new Utf8JsonWriter(terminal.OutputBytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        terminal.Output.WriteLine();
    }

    /// <summary>JSON has no numbers for infinity and NaN.</summary>
    private static void Number(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }
}
