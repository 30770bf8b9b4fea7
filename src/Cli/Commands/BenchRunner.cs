using System.Diagnostics;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tokenization;
using Hearth.Kernels.Probing;

namespace Hearth.Cli.Commands;

/// <summary>
/// Runs single tests on a model, with tokens drawn once and always the same. Memory that is shared with neighbours is fast one second and slow the next, so
/// the speed that generating is compared with is measured in between, with the same workers.
/// </summary>
internal sealed class BenchRunner : IDisposable
{
    private const int TokensPerProbe = 16;

    private readonly HearthModel model;
    private readonly HearthSession session;
    private readonly int[] tokens;
    private MemoryProbe? memory;

    /// <summary>Makes a runner.</summary>
    public BenchRunner(HearthModel model)
    {
        this.model = model;
        session = model.CreateSession();
        var random = new Random(42);
        tokens = new int[session.Capacity];
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = random.Next(model.Shape.VocabularySize);
        var special = model.Tokenizer.Special;
        if (special is { AddBos: true, Bos: not SpecialTokens.None })
            tokens[0] = special.Bos;
    }

    /// <summary>Runs a test on an emptied session; the tokens that stand before do not count.</summary>
    public BenchSample Run(BenchTest test)
    {
        session.Rewind(0);
        session.Append(tokens.AsSpan(0, test.Depth));
        if (test.Prompt > 0)
            return new BenchSample(Append(test.Depth, test.Prompt, test.Prompt), null);

        var probe = Probe();
        var time = TimeSpan.Zero;
        var reading = probe?.Read();
        int readings = 1;
        for (int at = 0; at < test.Generate; at += TokensPerProbe, readings++)
        {
            time += Append(test.Depth + at, Math.Min(TokensPerProbe, test.Generate - at), 1);
            reading += probe?.Read();
        }

        return new BenchSample(time, MemoryProbe.BufferBytes * readings / reading?.TotalSeconds);
    }

    public void Dispose()
    {
        memory?.Dispose();
        session.Dispose();
    }

    /// <summary>The probe, or null where the model has left no memory for its buffer: its figure is then left out.</summary>
    private MemoryProbe? Probe()
    {
        try
        {
            return memory ??= new MemoryProbe(model.Workers);
        }
        catch (InsufficientMemoryException)
        {
            return null;
        }
    }

    private TimeSpan Append(int first, int count, int step)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i += step)
            session.Append(tokens.AsSpan(first + i, step));
        return Stopwatch.GetElapsedTime(start);
    }
}
