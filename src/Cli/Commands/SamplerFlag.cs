using Hearth.Engine.Sampling;

namespace Hearth.Cli.Commands;

/// <summary>One sampling parameter as a flag of the command line and as a name for <c>/set</c>.</summary>
/// <param name="Name">llama.cpp's name, with its dashes.</param>
/// <param name="Aliases">Its other names.</param>
/// <param name="Value">What stands for the value in help texts.</param>
/// <param name="Description">What it does.</param>
/// <param name="Apply">The settings with these values; several where the flag is given several times.</param>
/// <param name="Show">The present value as text.</param>
internal sealed record SamplerFlag(
    string Name,
    string[] Aliases,
    string Value,
    string Description,
    Func<SamplerSettings, IReadOnlyList<string>, SamplerSettings> Apply,
    Func<SamplerSettings, string> Show);
