using System.Diagnostics;
using System.Globalization;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Isa;

namespace Hearth.Cli.Rendering;

/// <summary>What <c>--verbose</c> says after an answer, on standard error.</summary>
internal static class Timings
{
    /// <summary>Writes the lines.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="model">The model.</param>
    /// <param name="loadTime">Time to load it.</param>
    /// <param name="promptTokens">Tokens of the prompt.</param>
    /// <param name="promptTime">Time to read them.</param>
    /// <param name="generation">What followed.</param>
    /// <param name="generationTime">Time it took.</param>
    public static void Write(
        Terminal terminal,
        HearthModel model,
        TimeSpan loadTime,
        int promptTokens,
        TimeSpan promptTime,
        Generation generation,
        TimeSpan generationTime)
    {
        var error = terminal.Error;
        error.WriteLine();
        error.WriteLine($"model       {Printable.Line(model.Name)}, loaded in {Units.Time(loadTime)}");
        error.WriteLine($"computing   {RungSelection.Name(model.Kernels.Rung)}, {Units.Of(model.Threads, "thread")}");
        error.WriteLine($"context     {model.ContextLength} positions");
        error.WriteLine(
            $"prompt      {Units.Of(promptTokens, "token")} in {Units.Time(promptTime)}, {Units.Rate(promptTokens, promptTime)}");
        error.WriteLine(
            $"answer      {Units.Of(generation.Count, "token")} in {Units.Time(generationTime)}, "
            + Units.Rate(generation.Count, generationTime));
        if (model.Experts is { Uses: > 0 } experts)
        {
            error.WriteLine(
                $"experts     {experts.Slots} of {experts.Experts} in memory, {experts.Reads} of {experts.Uses} uses read from the file");
        }

        if (SparsityNote.Activity(model) is { } activity)
            error.WriteLine($"neurons     {activity}");
        error.WriteLine($"ended by    {Explain(generation.Stop)}");
        error.WriteLine($"seed        {generation.Seed.ToString(CultureInfo.InvariantCulture)}");
        error.WriteLine($"memory      {Units.Bytes(PeakBytes())} at most");
    }

    /// <summary>A reason for people, after "ended by".</summary>
    public static string Explain(StopReason reason) => reason switch
    {
        StopReason.EndOfGeneration => "the model's end token",
        StopReason.StopString => "a stop text",
        StopReason.MaxTokens => "the number of tokens asked for",
        StopReason.ContextFull => "the end of the context",
        _ => "Ctrl-C",
    };

    private static long PeakBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
