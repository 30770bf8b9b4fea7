using System.Diagnostics;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tokenization;

namespace Hearth.Cli.Commands;

/// <summary>Runs single tests on a model, with tokens drawn once and always the same.</summary>
internal sealed class BenchRunner : IDisposable
{
    private readonly HearthSession session;
    private readonly int[] tokens;

    /// <summary>Makes a runner.</summary>
    public BenchRunner(HearthModel model)
    {
        session = model.CreateSession();
        var random = new Random(42);
        tokens = new int[session.Capacity];
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = random.Next(model.Shape.VocabularySize);
        var special = model.Tokenizer.Special;
        if (special is { AddBos: true, Bos: not SpecialTokens.None })
            tokens[0] = special.Bos;
    }

    /// <summary>Runs a test on an emptied session.</summary>
    /// <returns>The time without that for the tokens that stand before.</returns>
    public TimeSpan Run(BenchTest test)
    {
        session.Rewind(0);
        session.Append(tokens.AsSpan(0, test.Depth));
        long start = Stopwatch.GetTimestamp();
        if (test.Prompt > 0)
            session.Append(tokens.AsSpan(test.Depth, test.Prompt));
        for (int i = 0; i < test.Generate; i++)
            session.Append(tokens.AsSpan(test.Depth + i, 1));
        return Stopwatch.GetElapsedTime(start);
    }

    public void Dispose() => session.Dispose();
}
