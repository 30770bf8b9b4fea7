using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hearth.Cli.Rendering;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth embed</c>: texts to vectors.</summary>
internal sealed class EmbedCommand
{
    public const string Description = "Turns texts into vectors whose angles say how near their meanings are.";

    private const string PoolingName = "--pooling";
    private const string FormatName = "--embd-output-format";
    private const string NormalizeName = "--embd-normalize";
    private const string NoPooling = "none";

    private static readonly string[] Formats = ["plain", "array", "json", "json+"];

    private readonly Terminal terminal;
    private readonly GivenTexts texts;
    private readonly RuntimeFlags runtime;
    private readonly Option<string?> pooling;
    private readonly Option<string?> normalize;
    private readonly Option<string?> format;
    private readonly Option<bool> similarity;
    private readonly Option<bool> jsonLines;

    private EmbedCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        texts = new GivenTexts(command, terminal, "text");
        runtime = new RuntimeFlags(command);
        command.Add(pooling = Flag.Text(
            PoolingName, [], "TYPE", $"how the tokens' states become one vector: {Names} (default: what the model file says)"));
        command.Add(normalize = Flag.Text(NormalizeName, [], "N", "2 for vectors of length 1 (default), -1 for vectors as they are"));
        command.Add(format = Flag.Text(
            FormatName, [], "FORMAT", $"{string.Join(", ", Formats)}; json is OpenAI's object, json+ adds the cosines (default: plain)"));
        command.Add(similarity = Flag.Switch("--similarity", [], "the cosines between the texts in place of their vectors"));
        command.Add(jsonLines = Flag.Switch(
            "--jsonl", [], """answers {"text"} or {"ids"} with {"embedding"}, a line for each line of standard input"""));
    }

    private static string Names => string.Join(", ", Enum.GetNames<Pooling>()).ToLowerInvariant() + ", " + NoPooling;

    public static void Define(Command command, Terminal terminal)
    {
        var embed = new EmbedCommand(command, terminal);
        command.SetAction(embed.Run);
    }

    private int Run(ParseResult line)
    {
        string chosen = line.GetValue(format) ?? "plain";
        if (!Formats.Contains(chosen))
            throw new CommandException($"{FormatName} {chosen} is no format; there are {string.Join(", ", Formats)}.");
        var options = new EmbeddingOptions { Pooling = PoolingOf(line), Normalize = IsNormalized(line) };
        bool isPooled = line.GetValue(pooling) != NoPooling;
        string[] given = line.GetValue(jsonLines) ? [] : texts.Read(line);

        using var loaded = runtime.Load(line, terminal, runtime.Options(line));
        using var embedder = loaded.Model.CreateEmbedder(options);
        if (line.GetValue(jsonLines))
            return JsonLines.Answer(terminal, (question, answer) => Answer(embedder, isPooled, question, answer));
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        var vectors = isPooled ? Embed(embedder, given, cancellation) : EmbedTokens(embedder, given, cancellation);
        if (line.GetValue(similarity))
            WriteCosines(vectors);
        else if (chosen == "plain")
            WritePlain(vectors);
        else
            WriteJson(vectors, chosen);
        return ExitCodes.Success;
    }

    private static void Answer(Embedder embedder, bool isPooled, JsonElement question, Utf8JsonWriter answer)
    {
        int[]? ids = question.TryGetProperty("ids", out _) ? JsonFields.Ids(question, "ids") : null;
        string text = ids is null ? JsonFields.Text(question, "text") : "";
        answer.WriteStartObject();
        answer.WritePropertyName("embedding");
        if (isPooled)
            Write(answer, ids is null ? embedder.Embed(text) : embedder.Embed(ids));
        else
            WriteRows(answer, ids is null ? embedder.EmbedTokens(text) : embedder.EmbedTokens(ids));
        answer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<float> values)
    {
        writer.WriteStartArray();
        foreach (float value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    private IReadOnlyList<float[]> Embed(Embedder embedder, string[] given, CancellationToken cancellation)
    {
        using var reading = new PromptReporter(terminal);
        return embedder.EmbedAll(given, cancellation, reading);
    }

    private List<float[]> EmbedTokens(Embedder embedder, string[] given, CancellationToken cancellation)
    {
        using var bar = new ProgressLine(terminal, "reading", PromptReporter.Moment);
        var vectors = new List<float[]>();
        for (int i = 0; i < given.Length; i++)
        {
            vectors.AddRange(embedder.EmbedTokens(given[i], cancellation));
            bar.Report(i + 1, given.Length, $"{i + 1} of {Units.Of(given.Length, "text")}");
        }

        return vectors;
    }

    private Pooling? PoolingOf(ParseResult line)
    {
        if (line.GetValue(pooling) is not { } text || text == NoPooling)
            return null;
        foreach (var type in Enum.GetValues<Pooling>())
        {
            if (text.Equals(type.ToString(), StringComparison.OrdinalIgnoreCase))
                return type;
        }

        throw new CommandException($"{PoolingName} {text} is no way to pool; there are {Names}.");
    }

    private bool IsNormalized(ParseResult line) => line.GetValue(normalize) switch
    {
        null or "2" => true,
        "-1" => false,
        { } other => throw new CommandException($"{NormalizeName} {other} is not supported; there are 2 (length 1) and -1 (as they are)."),
    };

    private void WritePlain(IReadOnlyList<float[]> vectors)
    {
        foreach (float[] vector in vectors)
            terminal.Output.WriteLine(string.Join(' ', vector.Select(value => value.ToString(CultureInfo.InvariantCulture))));
    }

    private void WriteCosines(IReadOnlyList<float[]> vectors)
    {
        foreach (float[] vector in vectors)
        {
            var cosines = vectors.Select(other => Embedder.Cosine(vector, other).ToString("F4", CultureInfo.InvariantCulture).PadLeft(7));
            terminal.Output.WriteLine(string.Join(' ', cosines));
        }
    }

    private void WriteJson(IReadOnlyList<float[]> vectors, string chosen)
    {
        using (var writer = new Utf8JsonWriter(terminal.OutputBytes))
        {
            if (chosen == "array")
                WriteRows(writer, vectors);
            else
                WriteObject(writer, vectors, withCosines: chosen == "json+");
        }

        terminal.Output.WriteLine();
    }

    private static void WriteRows(Utf8JsonWriter writer, IEnumerable<float[]> rows)
    {
        writer.WriteStartArray();
        foreach (float[] row in rows)
            Write(writer, row);
        writer.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, IReadOnlyList<float[]> vectors, bool withCosines)
    {
        writer.WriteStartObject();
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        for (int i = 0; i < vectors.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("object", "embedding");
            writer.WriteNumber("index", i);
            writer.WritePropertyName("embedding");
            Write(writer, vectors[i]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (withCosines)
        {
            writer.WritePropertyName("cosineSimilarity");
            WriteRows(writer, vectors.Select(vector => vectors.Select(other => Embedder.Cosine(vector, other)).ToArray()));
        }

        writer.WriteEndObject();
    }
}
