using System.Security.Cryptography;
using Hearth.Engine.Sampling.Samplers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling;

/// <summary>
/// Draws tokens: applies the samplers of its settings to a position's logits and draws one of the tokens they leave. What is drawn is
/// a function of logits, history, settings, seed and position alone, so replay, batching and speculation draw the same; only mirostat
/// remembers something, and that is <see cref="State"/>. All memory is taken in the constructor: drawing allocates nothing, save that
/// dry grows its own with a history it looks at as a whole. Instances are independent; one may be used by one thread at a time.
/// </summary>
public sealed class SamplerChain
{
    private readonly Func<ISampler[]> createSamplers;
    private readonly ISampler[] samplers;
    private readonly Candidates candidates;
    private readonly Mirostat? mirostat;
    private readonly bool isGreedy;

    /// <summary>Plans a chain and takes its memory.</summary>
    /// <param name="settings">What to apply.</param>
    /// <param name="vocabularySize">Number of logits of a position.</param>
    /// <exception cref="SamplingException">A setting is out of its range or names a token that does not exist.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="vocabularySize"/> is not positive.</exception>
    public SamplerChain(SamplerSettings settings, int vocabularySize)
        : this(Creator(settings, vocabularySize), settings.Seed ?? NewSeed(), vocabularySize)
    {
    }

    /// <summary>A chain of samplers made elsewhere, new ones at each call so that a fork shares no scratch memory.</summary>
    internal SamplerChain(Func<ISampler[]> createSamplers, ulong seed, int vocabularySize)
    {
        this.createSamplers = createSamplers;
        samplers = createSamplers();
        Seed = seed;
        mirostat = Array.Find(samplers, sampler => sampler is Mirostat) as Mirostat;
        isGreedy = samplers is [.., GreedySampler];
        State = mirostat?.Initial ?? default;

        int capacity = vocabularySize;
        if (Array.Find(samplers, sampler => sampler.ListCapacity(vocabularySize) is not null) is { } first)
            capacity = first.ListCapacity(vocabularySize)!.Value;
        candidates = new Candidates(vocabularySize, capacity);
    }

    /// <summary>The key of the random numbers: the settings' seed, or the one chosen in its place.</summary>
    public ulong Seed { get; }

    /// <summary>What the chain remembers. Copy it to go back to this point, or set it to go on from another.</summary>
    public SamplerState State { get; set; }

    /// <summary>The number of candidates that the last call left, masked ones included.</summary>
    public int KeptCount => candidates.Count;

    /// <summary>Whether the chain chooses without a random number.</summary>
    internal bool IsGreedy => isGreedy;

    /// <summary>Whether the chain has mirostat, which needs to know what was chosen.</summary>
    internal bool IsMirostat => mirostat is not null;

    /// <summary>An independent chain with the same settings, seed and state.</summary>
    public SamplerChain Fork() => new(createSamplers, Seed, candidates.VocabularySize) { State = State };

    /// <summary>Draws the token of a position.</summary>
    /// <param name="logits">[vocabulary] logits of the model; minus infinity forbids a token. They are not changed.</param>
    /// <param name="history">Accepted tokens before this position, oldest first; those outside the vocabulary are ignored.</param>
    /// <param name="position">Index in the sequence of the token to be drawn.</param>
    /// <param name="mask">What may not be drawn here, or null. A refused token is replaced by one drawn from the masked logits with
    /// another random number of the same position.</param>
    /// <returns>The token's id.</returns>
    /// <exception cref="SamplingException">A logit is NaN or plus infinity, or no token is left.</exception>
    /// <exception cref="ArgumentException">The number of logits is not the vocabulary's.</exception>
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, ulong position, ITokenMask? mask = null)
    {
        candidates.Load(logits);
        Narrow(history, position);
        int index = Choose(position, RandomStream.Draw);
        if (mask is not null && !mask.Allows(candidates.Id(index)))
        {
            candidates.Load(logits);
            mask.Apply(candidates.Logits);
            Narrow(history, position);
            index = Choose(position, RandomStream.Redraw);
        }

        Observe(index);
        return candidates.Id(index);
    }

    /// <summary>
    /// The best of the candidates that the last call left and their probabilities, which sum to one over all that are kept. Ties are
    /// in the order of ids; masked tokens are left out.
    /// </summary>
    /// <param name="best">Receives as many as fit.</param>
    /// <returns>The number written.</returns>
    public int CopyKept(Span<TokenProbability> best)
    {
        candidates.Softmax();
        candidates.RankByLogit();
        int count = 0;
        for (; count < Math.Min(best.Length, candidates.Count); count++)
        {
            int index = candidates.IndexOfRank(count);
            if (float.IsNegativeInfinity(candidates.Logits[index]))
                break;
            best[count] = new TokenProbability(candidates.Id(index), candidates.Probabilities[index]);
        }

        return count;
    }

    /// <summary>Applies the samplers without drawing.</summary>
    internal void Narrow(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, ulong position)
    {
        candidates.Load(logits);
        Narrow(history, position);
    }

    /// <summary>Chooses one of the candidates that are left, without remembering it.</summary>
    internal int ChooseToken(ulong position) => candidates.Id(Choose(position, RandomStream.Draw));

    /// <summary>Goes on as if <paramref name="token"/> had been chosen; false if it is not among those left.</summary>
    internal bool TryObserve(int token)
    {
        candidates.Softmax();
        for (int i = 0; i < candidates.Count; i++)
        {
            if (candidates.Id(i) == token && candidates.Probabilities[i] > 0)
            {
                Observe(i);
                return true;
            }
        }

        return false;
    }

    private static Func<ISampler[]> Creator(SamplerSettings settings, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        settings.Validate();
        return () => SamplerCatalog.Create(settings, vocabularySize);
    }

    private static ulong NewSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private void Narrow(ReadOnlySpan<int> history, ulong position)
    {
        var step = new SamplingStep(history, Seed, position, State);
        foreach (ISampler sampler in samplers)
            sampler.Apply(candidates, step);
    }

    // The index of the chosen candidate; leaves the probabilities computed unless the choice needs none.
    private int Choose(ulong position, RandomStream stream)
    {
        if (isGreedy || candidates.Count == 1)
            return candidates.IndexOfMax();

        candidates.Softmax();
        ReadOnlySpan<float> probabilities = candidates.Probabilities;
        double target = CounterRandom.Uniform(Seed, position, stream) * PortableMath.Sum(probabilities);
        double sum = 0;
        int last = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] <= 0)
                continue;
            sum += probabilities[i];
            last = i;
            if (sum > target)
                break;
        }

        // Rounding may leave the running sum just short of the target: then it is the last token of positive probability.
        return last;
    }

    private void Observe(int index)
    {
        if (mirostat is not null)
            State = mirostat.After(State, candidates.Count == 1 ? 1 : candidates.Probabilities[index]);
    }
}
