using System.Text.Json;
using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

/// <summary>Settings and logits at the ends of their ranges: a token and its probability, or one sentence.</summary>
public sealed class SamplerExtremesTests
{
    private static readonly float[] Floats =
    [
        0, 1, -1, 0.5f, 2, 1e-30f, -1e-30f, float.Epsilon, -float.Epsilon, 1e-7f, 0.99999994f, 1.0000001f, 0.001f, 5, 100, 1e10f, 1e30f, -1e30f,
        float.MaxValue, float.MinValue, float.NaN, float.PositiveInfinity, float.NegativeInfinity,
    ];

    private static readonly int[] Integers = [0, 1, -1, 2, 3, 40, 64, 1 << 20, int.MaxValue, int.MinValue];

    private static readonly string[] Samplers = [.. SamplerCatalog.DefaultOrder];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Extreme_settings_give_a_token_of_the_vocabulary_or_one_sentence(int seed)
    {
        var random = new Random(seed);
        int drawn = 0;
        int refused = 0;
        for (int round = 0; round < 6000; round++)
        {
            int vocabulary = random.Next(4) switch { 0 => 1, 1 => 2, 2 => 17, _ => 300 };
            SamplerChain chain;
            try
            {
                chain = new SamplerChain(Extreme(random, vocabulary), vocabulary);
            }
            catch (SamplingException error)
            {
                AssertOneSentence(error);
                refused++;
                continue;
            }

            int[] history = [.. Enumerable.Range(0, random.Next(3) * 40).Select(_ => random.Next(Math.Min(vocabulary, 4)))];
            for (ulong position = 0; position < 4; position++)
            {
                float[] logits = ExtremeLogits(random, vocabulary);
                AssertDrawn(chain, chain.Sample(logits, history, position), vocabulary);
                drawn++;
            }
        }

        Assert.True(drawn > 2000, $"{drawn} drawn");
        Assert.True(refused > 500, $"{refused} refused");
    }

    [Theory]
    [InlineData("""{"op":"mirostat","tau":3e38,"eta":3e38}""")]
    [InlineData("""{"op":"mirostat","tau":0,"eta":3e38}""")]
    [InlineData("""{"op":"mirostat_v2","tau":3e38,"eta":3e38}""")]
    [InlineData("""{"op":"mirostat_v2","tau":0.5,"eta":3e38}""")]
    [InlineData("""{"op":"mirostat_v2","tau":0,"eta":0}""")]
    public void Mu_stays_a_number_that_JSON_can_write(string mirostat)
    {
        string answer = SamplerScript.Answer(
            $$"""{"chain":[{{mirostat}}],"steps":[[1,2,0],[1,2,0],[9,2,0],[1,2,0],[-99,2,0],[1,"-inf","-inf"],[1,1,1],[1,2,3]]}""");

        using var document = JsonDocument.Parse(answer);
        Assert.All(
            document.RootElement.GetProperty("steps").EnumerateArray(),
            step => Assert.True(float.IsFinite(step.GetProperty("mu_before").GetSingle())));
    }

    [Fact]
    public void Mirostat_1_keeps_every_token_where_k_is_beyond_all_integers()
    {
        var chain = new SamplerChain(new SamplerSettings { Mirostat = 1, MirostatTau = 1e30f, Temperature = 1, Seed = 1 }, 4);
        chain.Sample([3, 2, 1, 0], [], 0);

        Assert.Equal(4, chain.KeptCount);
    }

    [Fact]
    public void A_token_forbidden_by_a_bias_stays_forbidden_under_the_greatest_bonus()
    {
        var settings = new SamplerSettings
        {
            Samplers = ["penalties"],
            FrequencyPenalty = float.MinValue,
            PresencePenalty = float.MinValue,
            LogitBiases = [new(0, float.MaxValue), new(0, float.NegativeInfinity), new(0, float.MaxValue), new(1, float.MaxValue)],
        };
        var chain = new SamplerChain(settings, 3);
        for (ulong position = 0; position < 20; position++)
            Assert.Equal(1, chain.Sample([float.MaxValue, float.MaxValue, 0], [0, 0, 1, 1], position));
    }

    private static void AssertDrawn(SamplerChain chain, int token, int vocabulary)
    {
        Assert.InRange(token, 0, vocabulary - 1);
        Assert.True(float.IsFinite(chain.State.MirostatMu));
        var kept = new TokenProbability[vocabulary];
        kept = kept[..chain.CopyKept(kept)];
        Assert.Contains(kept, candidate => candidate.Token == token && candidate.Probability > 0);
        Assert.Equal(1, kept.Sum(candidate => (double)candidate.Probability), 1e-4);
    }

    private static void AssertOneSentence(SamplingException error)
    {
        Assert.EndsWith(".", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    // Most settings are as they are, so that most chains are made.
    private static SamplerSettings Extreme(Random random, int vocabulary)
    {
        float F(float usual) => random.Next(6) == 0 ? Floats[random.Next(Floats.Length)] : usual;
        float Finite(float usual) => random.Next(3) == 0 ? Floats[random.Next(Floats.Length - 3)] : usual;
        float Unit(float usual) => random.Next(3) == 0 ? Floats[random.Next(6) switch { 0 => 0, 1 => 1, 2 => 5, 3 => 7, 4 => 9, _ => 10 }] : usual;
        float Positive(float usual) => Math.Abs(Finite(usual));
        int N(int usual) => random.Next(3) == 0 ? Integers[random.Next(Integers.Length - 1)] : usual;
        random.Shuffle(Samplers);
        var settings = new SamplerSettings
        {
            Samplers = Samplers[..random.Next(Samplers.Length + 1)],
            Seed = (ulong)random.NextInt64(),
            MinKeep = Math.Max(0, N(0)),
            Temperature = Finite(0.8f),
            DynamicTemperatureRange = Positive(0),
            DynamicTemperatureExponent = Positive(1),
            TopK = N(40),
            TopP = Unit(0.95f),
            MinP = Unit(0.05f),
            TypicalP = Unit(0.9f),
            TopNSigma = Finite(-1),
            XtcProbability = Unit(0),
            XtcThreshold = Unit(0.1f),
            PenaltyLastN = Math.Max(-1, N(64)),
            RepeatPenalty = Math.Max(float.Epsilon, Positive(1)),
            FrequencyPenalty = Finite(0),
            PresencePenalty = Finite(0),
            DryMultiplier = Positive(0),
            DryBase = Finite(1.75f),
            DryAllowedLength = Math.Max(0, N(2)),
            DryPenaltyLastN = Math.Max(-1, N(64)),
            DryBreakerTokens = random.Next(2) == 0 ? [] : [[1], [0, 2], []],
            Mirostat = random.Next(3) == 0 ? random.Next(1, 3) : 0,
            MirostatTau = Positive(5),
            MirostatEta = Positive(0.1f),
            MirostatM = Math.Max(1, N(100)),
            LogitBiases = random.Next(3) == 0 ? [new(random.Next(vocabulary), Finite(1)), new(random.Next(vocabulary), Finite(1))] : [],
        };
        return random.Next(3) switch
        {
            0 => settings with { TopP = F(1), Temperature = F(1), DryBase = F(2) },
            1 => settings with { MirostatTau = F(1), MinP = F(0.1f), TopNSigma = F(0) },
            _ => settings,
        };
    }

    private static float[] ExtremeLogits(Random random, int vocabulary)
    {
        int kind = random.Next(4);
        float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => kind switch
        {
            0 => 0f,
            1 => Floats[random.Next(Floats.Length - 3)],
            2 => random.Next(2) == 0 ? float.NegativeInfinity : random.NextSingle() * 8,
            _ => random.NextSingle() * 8 - 4,
        })];
        logits[random.Next(vocabulary)] = kind == 1 ? Floats[random.Next(Floats.Length - 3)] : 1;
        return logits;
    }
}
