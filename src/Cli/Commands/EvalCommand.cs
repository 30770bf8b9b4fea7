using System.CommandLine;
using System.Text.Json;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth eval</c>: the logits of given tokens as JSON, for those who check Hearth from outside.</summary>
internal sealed class EvalCommand
{
    public const string Description = "Computes the logits of token ids and writes them as one JSON object.";

    private const int TopCount = 8;

    /// <summary>With a large vocabulary the logits of more tokens at a time would take more memory than the model.</summary>
    private const int MostOutputs = 64;

    private readonly Terminal terminal;
    private readonly RuntimeFlags runtime;
    private readonly Option<string?> tokens;
    private readonly Option<int?> greedy;
    private readonly Option<bool> all;
    private readonly Option<int?> chunk;

    private EvalCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        runtime = new RuntimeFlags(command);
        command.Add(tokens = Flag.Text("--tokens", [], "IDS", "token ids, such as \"1 5 9\"; '-' or nothing reads standard input"));
        command.Add(greedy = Flag.Integer("--greedy", [], "goes on with the N best tokens, one after another; end tokens do not stop it"));
        command.Add(all = Flag.Switch("--all", [], "the logits of every position, not only the last"));
        command.Add(chunk = Flag.Integer("--chunk", [], "reads the tokens in passes of at most N", 1));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var eval = new EvalCommand(command, terminal);
        command.SetAction(eval.Run);
    }

    private int Run(ParseResult line)
    {
        string? given = line.GetValue(tokens);
        if (given is null && terminal.InputIsTerminal)
            throw new CommandException("There are no tokens: give some with --tokens, or write them to standard input.");
        int[] ids = TokenList.Parse(given is null or "-" ? terminal.Input.ReadToEnd() : given, "A token id of --tokens");
        var options = runtime.Options(line);
        int most = line.GetValue(chunk) ?? options.BatchSize;
        options = options with { BatchSize = Math.Max(options.BatchSize, most), MaxOutputs = Math.Min(most, MostOutputs) };

        using var loaded = runtime.Load(line, terminal, options);
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        TokenList.Check(ids, loaded.Model.Shape.VocabularySize);
        using var session = loaded.Model.CreateSession();
        if (ids.Length > session.Capacity)
        {
            throw new CommandException(
                $"--tokens has {ids.Length} tokens, but the context holds {session.Capacity}; -c makes it larger.", ExitCodes.Input);
        }

        using var writer = new Utf8JsonWriter(terminal.OutputBytes);
        writer.WriteStartObject();
        WriteIds(writer, "tokens", ids);
        if (line.GetValue(all))
            WriteAll(writer, session, ids, most, cancellation);
        else
            Read(session, ids, most, cancellation);
        float[] last = session.Logits.ToArray();
        writer.WritePropertyName("last");
        WriteLogits(writer, last);
        WriteTop(writer, last);
        if (line.GetValue(greedy) is { } count)
            WriteIds(writer, "greedy", Continue(session, count, cancellation));
        writer.WriteEndObject();
        writer.Flush();
        terminal.Output.WriteLine();
        return ExitCodes.Success;
    }

    private static void Read(HearthSession session, ReadOnlySpan<int> ids, int most, CancellationToken cancellation)
    {
        while (!ids.IsEmpty)
        {
            var pass = ids[..Math.Min(most, ids.Length)];
            session.Append(pass, cancellation);
            ids = ids[pass.Length..];
        }
    }

    private static void WriteAll(
        Utf8JsonWriter writer, HearthSession session, ReadOnlySpan<int> ids, int most, CancellationToken cancellation)
    {
        writer.WriteStartArray("logits");
        while (!ids.IsEmpty)
        {
            cancellation.ThrowIfCancellationRequested();
            var pass = ids[..Math.Min(most, ids.Length)];
            session.AppendAll(pass, logits => WriteLogits(writer, logits), most);
            writer.Flush();
            ids = ids[pass.Length..];
        }

        writer.WriteEndArray();
    }

    private static int[] Continue(HearthSession session, int count, CancellationToken cancellation)
    {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++)
        {
            ids[i] = Best(session.Logits);
            if (i + 1 == count)
                break;
            if (session.Position == session.Capacity)
            {
                throw new CommandException(
                    $"--greedy {count} does not fit: after {i + 1} of them the context of {session.Capacity} tokens is full; "
                    + "-c makes it larger.",
                    ExitCodes.Input);
            }

            session.Append(ids.AsSpan(i, 1), cancellation);
        }

        return ids;
    }

    /// <summary>The first of the largest.</summary>
    private static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
        {
            if (logits[id] > logits[best])
                best = id;
        }

        return best;
    }

    private static void WriteTop(Utf8JsonWriter writer, float[] logits)
    {
        int[] ids = new int[logits.Length];
        for (int id = 0; id < ids.Length; id++)
            ids[id] = id;
        Array.Sort(ids, (a, b) => logits[a] != logits[b] ? logits[b].CompareTo(logits[a]) : a.CompareTo(b));
        writer.WriteStartArray("top");
        foreach (int id in ids.AsSpan(0, Math.Min(TopCount, ids.Length)))
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(id);
            WriteLogit(writer, logits[id]);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void WriteIds(Utf8JsonWriter writer, string name, ReadOnlySpan<int> ids)
    {
        writer.WriteStartArray(name);
        foreach (int id in ids)
            writer.WriteNumberValue(id);
        writer.WriteEndArray();
    }

    private static void WriteLogits(Utf8JsonWriter writer, ReadOnlySpan<float> logits)
    {
        writer.WriteStartArray();
        foreach (float logit in logits)
            WriteLogit(writer, logit);
        writer.WriteEndArray();
    }

    /// <summary>
    /// The shortest digits that read back as the same float; JSON has no numbers for infinity and NaN, so they are texts.
    /// </summary>
    private static void WriteLogit(Utf8JsonWriter writer, float logit)
    {
        if (float.IsFinite(logit))
            writer.WriteNumberValue(logit);
        else
            writer.WriteStringValue(float.IsNaN(logit) ? "nan" : logit > 0 ? "inf" : "-inf");
    }
}
