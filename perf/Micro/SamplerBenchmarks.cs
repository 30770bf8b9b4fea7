using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Hearth.Engine.Sampling;

namespace Hearth.Perf.Micro;

/// <summary>
/// One token through the chain at a vocabulary of 256k: a normal distribution of logits with twenty tokens that stand out, as a model
/// that has something to say gives them. Bound by reading the logits three times (copy, maximum, top-k scan).
/// </summary>
public class SamplerBenchmarks
{
    private const int Vocabulary = 262_144;

    private readonly float[] logits = new float[Vocabulary];
    private readonly int[] history = new int[4096];
    private SamplerChain chain = null!;
    private ulong position;

    [Params("default", "greedy", "penalties and dry", "no top_k", "typical without top_k", "mirostat 2")]
    public string Chain { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int i = 0; i < logits.Length; i++)
            logits[i] = (float)(2.5 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        for (int i = 0; i < 20; i++)
            logits[random.Next(Vocabulary)] = 14 + i * 0.3f;
        for (int i = 0; i < history.Length; i++)
            history[i] = random.Next(1000);

        var settings = new SamplerSettings { Seed = 1 };
        chain = new SamplerChain(
            Chain switch
            {
                "greedy" => SamplerSettings.Greedy,
                "penalties and dry" => settings with
                {
                    RepeatPenalty = 1.1f,
                    DryMultiplier = 0.8f,
                    DryBreakerTokens = [],
                    DryPenaltyLastN = -1,
                },
                "no top_k" => settings with { TopK = 0 },
                "typical without top_k" => settings with { TopK = 0, TypicalP = 0.9f },
                "mirostat 2" => settings with { Mirostat = 2 },
                _ => settings,
            },
            Vocabulary);
        int largest = TensorPrimitives.IndexOfMax<float>(logits);
        int drawn = Sample();
        if (Chain == "greedy" ? drawn != largest : logits[drawn] < 10)
            throw new InvalidOperationException($"{Chain}: token {drawn} with a logit of {logits[drawn]}, where {largest} has {logits[largest]}.");
        position = 0;
        if (Sample() != drawn)
            throw new InvalidOperationException($"{Chain}: the same seed and position gave another token than {drawn}.");
    }

    [Benchmark]
    public int Sample() => chain.Sample(logits, history, position++);
}
