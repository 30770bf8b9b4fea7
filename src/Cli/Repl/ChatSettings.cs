using Hearth.Cli.Commands;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Repl;

/// <summary>What <c>/set</c> changes and <c>/show</c> shows: the flags of generation, by their names.</summary>
internal sealed class ChatSettings(GenerationOptions options)
{
    private const string Predict = "predict";

    private ulong regenerations;

    /// <summary>The present settings.</summary>
    public GenerationOptions Options { get; private set; } = options;

    /// <summary>Names and values, for people.</summary>
    public IEnumerable<(string Name, string Value)> All
        => SamplerFlags.All
            .Where(flag => flag.Name != "--sampling-seq")
            .Select(flag => (flag.Name[2..], flag.Show(Options.Sampling)))
            .Prepend((Predict, Options.MaxTokens < 0 ? "no limit" : Rendering.Units.Of(Options.MaxTokens, "token")));

    /// <summary>Changes a setting.</summary>
    /// <param name="name">Its name, with or without dashes.</param>
    /// <param name="value">Its value as on the command line.</param>
    /// <exception cref="CommandException">There is no such setting, or the value is not of its kind.</exception>
    /// <exception cref="Engine.Sampling.SamplingException">The value is out of its range.</exception>
    public void Set(string name, string value)
    {
        if (name.TrimStart('-') is Predict or "n-predict" or "n")
        {
            Options = Options with { MaxTokens = Flag.ToInteger(Predict, value) };
            return;
        }

        if (SamplerFlags.Find(name) is not { } flag)
        {
            string? nearest = NearestName.Find(name, All.Select(setting => setting.Name));
            throw new CommandException(nearest is null
                ? $"There is no setting '{name}'; /show lists them."
                : $"There is no setting '{name}'; did you mean '{nearest}'?");
        }

        var sampling = flag.Apply(Options.Sampling, [value]);
        sampling.Validate();
        Options = Options with { Sampling = sampling };
    }

    /// <summary>The settings for another answer to the same question: a fixed seed is moved on, or the answer would be the same.</summary>
    public GenerationOptions ForAnother()
        => Options.Sampling.Seed is { } seed
            ? Options with { Sampling = Options.Sampling with { Seed = seed + ++regenerations } }
            : Options;
}
