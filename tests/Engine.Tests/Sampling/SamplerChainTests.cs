using FsCheck.Xunit;
using Hearth.Engine.Sampling;
using Hearth.Tests;

namespace Hearth.Engine.Tests.Sampling;

[Properties(Arbitrary = [typeof(LogitVector.Arbitraries)])]
public sealed class SamplerChainTests
{
    private const int Vocabulary = 4096;

    private static readonly SamplerSettings Seeded = new() { Seed = 7 };

    private static readonly SamplerSettings Everything = Seeded with
    {
        LogitBiases = [new(1, 2), new(2, float.NegativeInfinity)],
        RepeatPenalty = 1.1f,
        FrequencyPenalty = 0.1f,
        DryMultiplier = 0.8f,
        DryBreakerTokens = [[5], [6, 7]],
        TopNSigma = 3,
        TypicalP = 0.99f,
        XtcProbability = 0.5f,
        DynamicTemperatureRange = 0.5f,
    };

    public static TheoryData<string> Configurations => ["default", "greedy", "everything", "mirostat 1", "mirostat 2", "temperature alone"];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_token_allocates_nothing_after_warm_up(string configuration)
    {
        var chain = new SamplerChain(Configured(configuration), Vocabulary);
        float[] logits = RandomLogits(Vocabulary, 1);
        int[] history = [.. Enumerable.Range(0, 200).Select(i => i % 17)];
        for (ulong position = 0; position < 3; position++)
            chain.Sample(logits, history, position);

        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            for (ulong position = 0; position < 20; position++)
                chain.Sample(logits, history, position);
        }));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void What_is_drawn_does_not_depend_on_what_was_drawn_before(string configuration)
    {
        SamplerSettings settings = Configured(configuration);
        int[] history = [3, 4, 5, 3, 4];
        var forwards = new SamplerChain(settings, Vocabulary);
        var backwards = new SamplerChain(settings, Vocabulary);
        SamplerState state = forwards.State;
        int Draw(SamplerChain chain, int position)
        {
            chain.State = state;
            return chain.Sample(RandomLogits(Vocabulary, position), history, (ulong)position);
        }

        int[] expected = [.. Enumerable.Range(0, 20).Select(position => Draw(forwards, position))];
        int[] actual = [.. Enumerable.Range(0, 20).Reverse().Select(position => Draw(backwards, position)).Reverse()];

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Seed_and_position_decide_the_token()
    {
        float[] logits = new float[64];
        var flat = new SamplerSettings { Samplers = [] };
        int[] Draw(ulong seed) =>
            [.. Enumerable.Range(0, 32).Select(p => new SamplerChain(flat with { Seed = seed }, 64).Sample(logits, [], (ulong)p))];

        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
        Assert.True(Draw(1).Distinct().Count() > 16);
    }

    [Fact]
    public void Without_a_seed_the_chain_chooses_one_and_tells_it()
    {
        var chain = new SamplerChain(new SamplerSettings(), 4);
        Assert.NotEqual(chain.Seed, new SamplerChain(new SamplerSettings(), 4).Seed);
        Assert.Equal(chain.Seed, chain.Fork().Seed);
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_they_are_probable()
    {
        const int Draws = 1 << 15;
        float[] logits = [0, MathF.Log(2), float.NegativeInfinity, MathF.Log(5)];
        var chain = new SamplerChain(Seeded with { Samplers = [] }, 4);
        var counts = new int[4];
        for (ulong position = 0; position < Draws; position++)
            counts[chain.Sample(logits, [], position)]++;

        // A fixed seed gives fixed counts; five standard deviations bound them.
        foreach ((int token, double p) in new[] { (0, 0.125), (1, 0.25), (3, 0.625) })
            Assert.InRange(counts[token], Draws * p - 5 * Math.Sqrt(Draws * p * (1 - p)), Draws * p + 5 * Math.Sqrt(Draws * p * (1 - p)));
        Assert.Equal(0, counts[2]);
    }

    [Property]
    public void A_token_of_the_kept_set_is_drawn(LogitVector logits, byte seed)
    {
        var chain = new SamplerChain(Seeded with { Seed = seed, DynamicTemperatureRange = 0.5f }, logits.Values.Length);
        int token = chain.Sample(logits.Values, [], 3);
        var kept = new TokenProbability[chain.KeptCount];
        kept = kept[..chain.CopyKept(kept)];
        Assert.Contains(token, kept.Select(candidate => candidate.Token));
        Assert.All(kept, candidate => Assert.True(candidate.Probability > 0));
        Assert.Equal(1, kept.Sum(candidate => (double)candidate.Probability), 1e-5);
        Assert.True(kept.Zip(kept.Skip(1)).All(pair => pair.First.Probability >= pair.Second.Probability));
    }

    [Property]
    public void Greedy_takes_the_first_of_the_best(LogitVector logits)
    {
        Assert.Equal(logits.BestFirst.First(), new SamplerChain(SamplerSettings.Greedy, logits.Values.Length).Sample(logits.Values, [], 0));
        var named = new SamplerSettings { Samplers = ["greedy"] };
        Assert.Equal(logits.BestFirst.First(), new SamplerChain(named, logits.Values.Length).Sample(logits.Values, [], 0));
    }

    [Fact]
    public void Greedy_still_honours_bias_and_penalties()
    {
        SamplerSettings settings = SamplerSettings.Greedy with { LogitBiases = [new(0, -5)], PresencePenalty = 3 };
        Assert.Equal(2, new SamplerChain(settings, 3).Sample([4, 3, 2], [1], 0));
    }

    [Fact]
    public void The_order_is_the_settings_own()
    {
        // At temperature 2 the best token has less than 0.8 of the mass, at 1 more: then top_p keeps it alone.
        float[] logits = [2, 0, 0];
        SamplerSettings topPFirst = Seeded with { Samplers = ["top_p", "temperature"], TopP = 0.75f, Temperature = 2 };
        Assert.Single(Kept(topPFirst, logits));
        Assert.True(Kept(topPFirst with { Samplers = ["temperature", "top_p"] }, logits).Length > 1);
    }

    [Fact]
    public void Mirostat_replaces_the_order_and_its_state_can_be_put_back()
    {
        var chain = new SamplerChain(Seeded with { Mirostat = 2, MirostatTau = 2 }, 64);
        float[] logits = RandomLogits(64, 5);
        SamplerState start = chain.State;
        Assert.Equal(4, start.MirostatMu);

        int first = chain.Sample(logits, [], 0);
        SamplerState after = chain.State;
        SamplerChain fork = chain.Fork();
        int second = chain.Sample(logits, [], 1);

        Assert.NotEqual(start, after);
        Assert.Equal(second, fork.Sample(logits, [], 1));
        Assert.Equal(chain.State, fork.State);
        chain.State = start;
        Assert.Equal(first, chain.Sample(logits, [], 0));
        Assert.Equal(after, chain.State);
    }

    [Fact]
    public void A_mask_is_applied_only_when_it_refuses_the_drawn_token()
    {
        var chain = new SamplerChain(Seeded, 4);
        var mask = new EvenTokens();
        Assert.Equal(2, chain.Sample([0, 0, 9, 0], [], 0, mask));
        Assert.Equal(0, mask.Applied);
        Assert.Equal(2, chain.Sample([0, 9, 1, float.NegativeInfinity], [], 0, mask));
        Assert.Equal(1, mask.Applied);
    }

    [Fact]
    public void A_refused_token_is_replaced_by_any_of_the_others()
    {
        // With the number of the refused draw, which lies in that token's share, always the same neighbour would follow.
        var chain = new SamplerChain(Seeded with { Samplers = [] }, 8);
        var mask = new EvenTokens();
        var replacements = new HashSet<int>();
        for (ulong position = 0; position < 100; position++)
        {
            int refused = chain.Sample(new float[8], [], position);
            if (refused == 7)
                replacements.Add(chain.Sample(new float[8], [], position, mask));
        }

        Assert.Equal([0, 2, 4, 6], replacements.Order());
    }

    [Fact]
    public void A_mask_that_leaves_nothing_ends_in_an_error()
    {
        var chain = new SamplerChain(Seeded, 3);
        var error = Assert.Throws<SamplingException>(() =>
            chain.Sample([float.NegativeInfinity, 0, float.NegativeInfinity], [], 0, new EvenTokens()));
        Assert.Equal("No token is left to draw: every logit is minus infinity.", error.Message);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "plus infinity")]
    public void A_logit_that_is_no_number_is_an_error_that_names_the_token(float bad, string name)
    {
        float[] logits = RandomLogits(100, 1);
        logits[70] = bad;
        var error = Assert.Throws<SamplingException>(() => new SamplerChain(Seeded, 100).Sample(logits, [], 0));
        Assert.StartsWith($"The logit of token 70 is {name}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_single_allowed_token_is_always_taken(string configuration)
    {
        var logits = new float[Vocabulary];
        Array.Fill(logits, float.NegativeInfinity);
        logits[1000] = -3;
        Assert.Equal(1000, new SamplerChain(Configured(configuration), Vocabulary).Sample(logits, [1000, 1000, 1000], 0));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_vocabulary_of_one_token_has_one_answer(string configuration)
    {
        SamplerSettings settings = Configured(configuration) with { LogitBiases = [] };
        Assert.Equal(0, new SamplerChain(settings, 1).Sample([3], [], 0));
    }

    [Fact]
    public void The_given_logits_are_not_changed()
    {
        float[] logits = RandomLogits(Vocabulary, 9);
        float[] copy = [.. logits];
        new SamplerChain(Everything, Vocabulary).Sample(logits, [1, 2, 1, 2], 0);
        Assert.Equal(copy, logits);
    }

    [Theory]
    [InlineData("default", 3273396942u)]
    [InlineData("everything", 3143758210u)]
    [InlineData("mirostat 1", 503932277u)]
    [InlineData("temperature alone", 3385794553u)]
    public void Tokens_and_probabilities_have_the_same_bits_on_every_machine(string configuration, uint expected)
    {
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(i => (float)(CounterRandom.Uniform(1, (ulong)i, 0) * 12))];
        var chain = new SamplerChain(Configured(configuration), Vocabulary);
        var kept = new TokenProbability[Vocabulary];
        uint hash = 2166136261;
        for (ulong position = 0; position < 4; position++)
        {
            Mix((uint)chain.Sample(logits, [1, 2, 3, 1, 2], position));
            foreach (TokenProbability candidate in kept.AsSpan(0, chain.CopyKept(kept)))
                Mix(BitConverter.SingleToUInt32Bits(candidate.Probability));
        }

        Assert.Equal(expected, hash);

        void Mix(uint word) => hash = (hash ^ word) * 16777619;
    }

    [Fact]
    public void A_wrong_number_of_logits_is_refused() =>
        Assert.Throws<ArgumentException>(() => new SamplerChain(Seeded, 3).Sample([1, 2], [], 0));

    [Fact]
    public void Masked_tokens_are_not_among_the_kept()
    {
        TokenProbability[] kept = Kept(Seeded with { Samplers = [] }, [0, float.NegativeInfinity, 0]);
        Assert.Equal([new(0, 0.5f), new(2, 0.5f)], kept);
    }

    [Fact]
    public void The_best_few_of_the_kept_can_be_asked_for()
    {
        var chain = new SamplerChain(Seeded with { Samplers = [] }, 3);
        chain.Sample([0, MathF.Log(2), 0], [], 0);
        var best = new TokenProbability[1];
        Assert.Equal(1, chain.CopyKept(best));
        Assert.Equal(1, best[0].Token);
        Assert.Equal(0.5f, best[0].Probability, 1e-6f);
    }

    private static SamplerSettings Configured(string configuration) => configuration switch
    {
        "greedy" => SamplerSettings.Greedy,
        "everything" => Everything,
        "mirostat 1" => Seeded with { Mirostat = 1 },
        "mirostat 2" => Seeded with { Mirostat = 2 },
        "temperature alone" => Seeded with { Samplers = ["temperature"] },
        _ => Seeded,
    };

    private static TokenProbability[] Kept(SamplerSettings settings, float[] logits)
    {
        var chain = new SamplerChain(settings, logits.Length);
        chain.Sample(logits, [], 0);
        var kept = new TokenProbability[chain.KeptCount];
        return kept[..chain.CopyKept(kept)];
    }

    private static float[] RandomLogits(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 12 - 6))];
    }

    private sealed class EvenTokens : ITokenMask
    {
        public int Applied { get; private set; }

        public bool Allows(int token) => token % 2 == 0;

        public void Apply(Span<float> logits)
        {
            Applied++;
            for (int i = 1; i < logits.Length; i += 2)
                logits[i] = float.NegativeInfinity;
        }
    }
}
