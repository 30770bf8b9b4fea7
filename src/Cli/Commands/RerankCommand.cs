using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hearth.Cli.Rendering;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth rerank</c>: which documents answer a query best.</summary>
internal sealed class RerankCommand
{
    public const string Description = "Sorts documents by how well they answer a query.";

    private const string QueryName = "--query";

    private readonly Terminal terminal;
    private readonly GivenTexts documents;
    private readonly RuntimeFlags runtime;
    private readonly Option<string?> query;
    private readonly Option<int?> best;
    private readonly Option<bool> json;

    private RerankCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        documents = new GivenTexts(command, terminal, "document");
        runtime = new RuntimeFlags(command);
        command.Add(query = Flag.Text(QueryName, [], "QUERY", "the question that the documents may answer"));
        command.Add(best = Flag.Integer("--top-n", [], "shows the N best alone (default: all)", minimum: 1));
        command.Add(json = Flag.Switch("--json", [], "one object with results, each with index and relevance_score"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var rerank = new RerankCommand(command, terminal);
        command.SetAction(rerank.Run);
    }

    private int Run(ParseResult line)
    {
        if (line.GetValue(query) is not { Length: > 0 } question)
            throw new CommandException($"There is no query: give one with {QueryName}.");
        string[] given = documents.Read(line);
        using var loaded = runtime.Load(line, terminal, runtime.Options(line));
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        using var reranker = loaded.Model.CreateReranker();
        var ranked = Rank(reranker, question, given, cancellation).Take(line.GetValue(best) ?? given.Length);
        if (line.GetValue(json))
            WriteJson(ranked);
        else
            WritePlain(ranked, given);
        return ExitCodes.Success;
    }

    private IReadOnlyList<RankedDocument> Rank(Reranker reranker, string question, string[] given, CancellationToken cancellation)
    {
        using var reading = new PromptReporter(terminal);
        return reranker.Rank(question, given, cancellation, reading);
    }

    private void WritePlain(IEnumerable<RankedDocument> ranked, string[] given)
    {
        foreach (var document in ranked)
            terminal.Output.WriteLine($"{document.Score.ToString("F4", CultureInfo.InvariantCulture)}\t{given[document.Index]}");
    }

    private void WriteJson(IEnumerable<RankedDocument> ranked)
    {
        using (var writer = new Utf8JsonWriter(terminal.OutputBytes))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("results");
            foreach (var document in ranked)
            {
                writer.WriteStartObject();
                writer.WriteNumber("index", document.Index);
                writer.WriteNumber("relevance_score", document.Score);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        terminal.Output.WriteLine();
    }
}
