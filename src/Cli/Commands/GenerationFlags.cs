using System.CommandLine;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Commands;

/// <summary>How much is generated, how tokens are chosen, and what ends it.</summary>
internal sealed class GenerationFlags
{
    private readonly Option<int?> predict;
    private readonly Option<string[]> reversePrompt;
    private readonly Option<string[]> banned;
    private readonly Option<bool> ignoreEos;
    private readonly Option<bool> special;
    private readonly SamplerFlags samplers;

    /// <summary>Gives a command the flags.</summary>
    public GenerationFlags(Command command)
    {
        command.Add(predict = Flag.Integer(
            "--predict", ["-n", "--n-predict"], "most tokens to generate (default: -1, until the model ends or the context is full)", -1));
        command.Add(reversePrompt = Flag.Texts("--reverse-prompt", ["-r"], "TEXT", "text that ends the answer, several times"));
        command.Add(banned = Flag.Texts("--ban", ["--banned-string"], "TEXT", "text that may not appear in the answer, several times"));
        command.Add(ignoreEos = Flag.Switch("--ignore-eos", [], "forbids the tokens by which the model ends"));
        command.Add(special = Flag.Switch("--special", ["-sp"], "writes special tokens out"));
        samplers = new SamplerFlags(command);
    }

    /// <summary>Refuses sampling flags that no model could use, so that a mistake shows before one is loaded.</summary>
    public void CheckSampling(ParseResult line) => samplers.Read(line, new SamplerSettings());

    /// <summary>Reads all flags; what they leave open is as the model suggests.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="isEmbedded">Whether it is the built-in one.</param>
    public GenerationOptions Read(ParseResult line, HearthModel model, bool isEmbedded)
    {
        var sampling = samplers.Read(line, isEmbedded ? EmbeddedModel.Sampling : model.SuggestedSampling);
        bool endless = line.GetValue(ignoreEos);
        return new GenerationOptions
        {
            MaxTokens = line.GetValue(predict) ?? -1,
            StopStrings = [.. (line.GetValue(reversePrompt) ?? []).Select(Escapes.Resolve)],
            BannedStrings = [.. (line.GetValue(banned) ?? []).Select(Escapes.Resolve)],
            IgnoreEndOfGeneration = endless,
            ShowSpecial = line.GetValue(special),
            Sampling = endless
                ? sampling with
                {
                    LogitBiases =
                    [
                        .. sampling.LogitBiases,
                        .. model.Tokenizer.EndOfGeneration.Select(id => new LogitBias(id, float.NegativeInfinity)),
                    ],
                }
                : sampling,
        };
    }
}
