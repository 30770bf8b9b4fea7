using System.Text;
using System.Text.Json;

namespace Hearth.Engine.Sampling;

/// <summary>
/// A chain applied to given logits, to see what each sampler leaves: a JSON object with
/// <list type="bullet">
/// <item><c>chain</c>: the samplers in order, each an object with <c>op</c> and its parameters;</item>
/// <item><c>steps</c>: the logits of each position, an array of numbers each ("-inf" forbids a token), all of one length;</item>
/// <item><c>history</c>, optional: token ids accepted before the first step, oldest first;</item>
/// <item><c>selected</c>, optional: the token accepted at each step, an array with null where the chain's own choice counts, or one
/// number for a single step;</item>
/// <item><c>seed</c>, optional: key of the random numbers, 0 if missing; <c>id</c>, optional: repeated in the answer.</item>
/// </list>
/// Other properties are ignored.
/// </summary>
public sealed class SamplerScript
{
    private readonly JsonElement? id;
    private readonly SamplerChain chain;
    private readonly float[][] steps;
    private readonly int?[] selected;
    private readonly List<int> history;

    private SamplerScript(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new SamplingException("A sampler script must be a JSON object with chain and steps.");

        id = root.TryGetProperty("id", out JsonElement idElement) ? idElement.Clone() : null;
        steps = [.. ScriptReader.Array(root, "steps").EnumerateArray().Select((step, i) => ScriptReader.Logits(step, $"steps[{i}]"))];
        if (steps.Length == 0)
            throw new SamplingException("steps is empty; a script needs the logits of at least one position.");
        for (int i = 1; i < steps.Length; i++)
        {
            if (steps[i].Length != steps[0].Length)
            {
                throw new SamplingException(
                    $"steps[{i}] has {steps[i].Length} logits, steps[0] has {steps[0].Length}; all must have as many.");
            }
        }

        history = root.TryGetProperty("history", out JsonElement accepted) ? [.. ScriptReader.Tokens(accepted, "history")] : [];
        selected = ReadSelected(root, steps.Length);
        chain = ReadChain(root, steps[0].Length);
    }

    /// <summary>Reads a script.</summary>
    /// <exception cref="SamplingException">It is malformed; the message names the property.</exception>
    public static SamplerScript Parse(JsonElement script) => new(script);

    /// <summary>Reads a script.</summary>
    /// <exception cref="SamplingException">It is not JSON, or malformed; the message names the property.</exception>
    public static SamplerScript Parse(string script)
    {
        try
        {
            using var document = JsonDocument.Parse(script);
            return new SamplerScript(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new SamplingException($"The sampler script is not JSON: {error.Message}", error);
        }
    }

    /// <summary>Runs a script and answers in one line of JSON; see <see cref="Write"/>.</summary>
    /// <exception cref="SamplingException">The script is malformed or its logits cannot be sampled.</exception>
    public static string Answer(string script)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Parse(script).Write(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Applies the chain to each step in turn.</summary>
    /// <exception cref="SamplingException">
    /// Logits cannot be sampled, or a token given as selected was not kept; the message names the step.
    /// </exception>
    public IReadOnlyList<SamplerScriptStep> Run()
    {
        SamplerChain run = chain.Fork();
        var tokens = new List<int>(history);
        var results = new SamplerScriptStep[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            try
            {
                results[i] = RunStep(run, tokens, i);
            }
            catch (SamplingException error)
            {
                throw new SamplingException($"steps[{i}]: {error.Message}", error);
            }
        }

        return results;
    }

    /// <summary>
    /// Runs the script and writes an object with <c>id</c>, if there was one, and <c>steps</c>: for each step <c>kept</c>, <c>p</c>,
    /// and for chains that select <c>selected</c> and <c>mu_before</c>.
    /// </summary>
    /// <exception cref="SamplingException">The logits cannot be sampled; see <see cref="Run"/>.</exception>
    public void Write(Utf8JsonWriter writer)
    {
        IReadOnlyList<SamplerScriptStep> results = Run();
        writer.WriteStartObject();
        if (id is { } value)
        {
            writer.WritePropertyName("id");
            value.WriteTo(writer);
        }

        writer.WriteStartArray("steps");
        foreach (SamplerScriptStep step in results)
            WriteStep(writer, step);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter writer, SamplerScriptStep step)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("kept");
        foreach (int token in step.Kept)
            writer.WriteNumberValue(token);
        writer.WriteEndArray();
        writer.WriteStartArray("p");
        foreach (float p in step.Probabilities)
            writer.WriteNumberValue(p);
        writer.WriteEndArray();
        if (step.Selected is { } selectedToken)
            writer.WriteNumber("selected", selectedToken);
        if (step.MuBefore is { } mu)
            writer.WriteNumber("mu_before", mu);
        writer.WriteEndObject();
    }

    private static int?[] ReadSelected(JsonElement root, int steps)
    {
        var selected = new int?[steps];
        if (!root.TryGetProperty("selected", out JsonElement given) || given.ValueKind == JsonValueKind.Null)
            return selected;
        if (given.ValueKind == JsonValueKind.Number)
        {
            selected[0] = ScriptReader.Token(given, "selected");
            return selected;
        }

        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > steps)
            throw new SamplingException($"selected must be a token id or an array of at most {steps}, one for each step.");
        int i = 0;
        foreach (JsonElement token in given.EnumerateArray())
        {
            selected[i] = token.ValueKind == JsonValueKind.Null ? null : ScriptReader.Token(token, $"selected[{i}]");
            i++;
        }

        return selected;
    }

    private static SamplerChain ReadChain(JsonElement root, int vocabularySize)
    {
        (SamplerCatalog.Entry Sampler, SamplerSettings Settings)[] entries =
            [.. ScriptReader.Array(root, "chain").EnumerateArray().Select((entry, i) => ScriptSampler.Read(entry, $"chain[{i}]"))];
        ulong seed = root.TryGetProperty("seed", out JsonElement given) ? ScriptReader.Seed(given, "seed") : 0;
        return new SamplerChain(
            () => [.. entries.Select(entry => entry.Sampler.Create(entry.Settings, vocabularySize)).OfType<ISampler>()],
            seed,
            vocabularySize);
    }

    private SamplerScriptStep RunStep(SamplerChain run, List<int> tokens, int step)
    {
        ulong position = (ulong)tokens.Count;
        float? muBefore = run.IsMirostat ? run.State.MirostatMu : null;
        run.Narrow(steps[step], [.. tokens], position);

        var kept = new TokenProbability[run.KeptCount];
        kept = kept[..run.CopyKept(kept)];

        int? chosen = selected[step] ?? (run.IsGreedy || run.IsMirostat ? run.ChooseToken(position) : null);
        if (chosen is { } token)
        {
            if (run.IsMirostat && !run.TryObserve(token))
                throw new SamplingException($"token {token} is given as selected, but the chain did not keep it.");
            tokens.Add(token);
        }

        return new SamplerScriptStep(
            [.. kept.Select(candidate => candidate.Token)],
            [.. kept.Select(candidate => candidate.Probability)],
            run.IsGreedy || run.IsMirostat ? chosen : null,
            muBefore);
    }
}
