using System.Numerics.Tensors;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling;

/// <summary>
/// The tokens still in play at one position. It starts dense: one logit per token of the vocabulary, in place, no list of ids. The
/// first sampler that drops tokens turns it into lists of (id, logit). A masked token (logit minus infinity) stays a candidate, as in
/// llama.cpp: it counts for min_keep and for the size of the distribution, but has probability zero and is never drawn.
/// All memory is taken in the constructor; no member allocates.
/// </summary>
internal sealed class Candidates
{
    // How many ranks are found first when nobody knows how many will be needed (few, for a model that is sure of itself); then eight
    // times as many, and so on.
    private const int FirstRanks = 256;

    private readonly float[] dense;         // [vocabulary]
    private readonly int[] ids;             // [capacity], as the three below
    private readonly float[] listed;
    private readonly float[] probabilities;
    private readonly ulong[] keys;
    private bool isDense;
    private int ranked;     // keys[..ranked] are the best, in order
    private bool allKeyed;  // keys[ranked..Count] are the others

    /// <param name="vocabularySize">Number of logits of a position.</param>
    /// <param name="capacity">Most candidates that are ever listed, ranked or given probabilities.</param>
    public Candidates(int vocabularySize, int capacity)
    {
        dense = new float[vocabularySize];
        ids = new int[capacity];
        listed = new float[capacity];
        probabilities = new float[capacity];
        keys = new ulong[capacity];
    }

    /// <summary>Number of candidates, masked ones included.</summary>
    public int Count { get; private set; }

    public int VocabularySize => dense.Length;

    /// <summary>[Count] logits.</summary>
    public Span<float> Logits => isDense ? dense : listed.AsSpan(0, Count);

    /// <summary>[Count] probabilities as of the last <see cref="Softmax"/>, if nothing was dropped or changed since.</summary>
    public ReadOnlySpan<float> Probabilities => probabilities.AsSpan(0, Count);

    /// <summary>Whether candidate i is token i, for the whole vocabulary.</summary>
    public bool IsDense => isDense;

    public int Id(int index) => isDense ? index : ids[index];

    /// <summary>Starts over with the model's logits.</summary>
    public void Load(ReadOnlySpan<float> logits)
    {
        if (logits.Length != dense.Length)
            throw new ArgumentException($"{logits.Length} logits were given for a vocabulary of {dense.Length} tokens.", nameof(logits));
        logits.CopyTo(dense);
        isDense = true;
        Count = dense.Length;
        _ = Max();
    }

    /// <summary>The largest logit.</summary>
    /// <exception cref="SamplingException">A logit is NaN or plus infinity, or all are minus infinity.</exception>
    public float Max()
    {
        float max = TensorPrimitives.Max(Logits);
        if (!float.IsFinite(max))
            ThrowNotFinite(max);
        return max;
    }

    /// <summary>The index of the largest logit, the first of equals.</summary>
    public int IndexOfMax() => PartialOrder.IndexOfAtLeast(Logits, 0, Max());

    /// <summary>The softmax over all candidates in <see cref="Probabilities"/>, in single precision with a double sum.</summary>
    public void Softmax()
    {
        Span<float> target = probabilities.AsSpan(0, Count);
        double sum = PortableMath.Exp(Logits, Max(), target);
        TensorPrimitives.Divide(target, (float)sum, target);
    }

    /// <summary>The entropy of <see cref="Probabilities"/> in nats.</summary>
    public float Entropy()
    {
        double entropy = 0;
        foreach (float p in Probabilities)
        {
            if (p > 0)
                entropy -= p * (float)PortableMath.Log(p);
        }

        return (float)entropy;
    }

    /// <summary>Keeps the <paramref name="count"/> largest logits, best first.</summary>
    public void KeepBest(int count)
    {
        if (count >= Count)
            return;
        PartialOrder.Largest(Logits, keys.AsSpan(0, count));
        KeepRanked(count);
    }

    /// <summary>The number of candidates whose logit is at least <paramref name="bound"/>.</summary>
    public int CountAtLeast(float bound)
    {
        int count = 0;
        for (int i = 0; (i = PartialOrder.IndexOfAtLeast(Logits, i, bound)) >= 0; i++)
            count++;
        return count;
    }

    /// <summary>Keeps every candidate whose logit is at least <paramref name="bound"/>, in the order they have.</summary>
    public void KeepAtLeast(float bound)
    {
        ReadOnlySpan<float> logits = Logits;
        int kept = 0;
        for (int i = 0; (i = PartialOrder.IndexOfAtLeast(logits, i, bound)) >= 0; i++)
            Move(i, kept++);
        isDense = false;
        Count = kept;
    }

    /// <summary>Drops the candidates of at least this probability, but for the one at index <paramref name="spared"/>.</summary>
    public void DropProbable(float threshold, int spared)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (i == spared || !(probabilities[i] >= threshold))
                Move(i, kept++);
        }

        isDense = false;
        Count = kept;
    }

    /// <summary>Begins a ranking of all candidates by logit, largest first.</summary>
    public void RankByLogit()
    {
        ranked = 0;
        allKeyed = false;
    }

    /// <summary>Ranks all candidates by logit, largest first, and returns the keys of the ranks, which the caller may reorder.</summary>
    public Span<ulong> RankAllByLogit()
    {
        KeyAllByLogit();
        Span<ulong> all = keys.AsSpan(0, Count);
        all.Sort();
        ranked = Count;
        return all;
    }

    /// <summary>Begins a ranking of all candidates by how far the surprise of each, -ln p, is from <paramref name="entropy"/>.</summary>
    public void RankByTypicality(float entropy)
    {
        for (int i = 0; i < Count; i++)
        {
            float surprise = -(float)PortableMath.Log(probabilities[i]);
            keys[i] = RankKey.SmallestFirst(Math.Abs(surprise - entropy), i);
        }

        ranked = 0;
        allKeyed = true;
    }

    /// <summary>The index of the candidate of a rank. Ranks are asked for in ascending order and found as needed.</summary>
    public int IndexOfRank(int rank)
    {
        if (rank >= ranked)
            RankMore();
        return RankKey.Id(keys[rank]);
    }

    /// <summary>Keeps the candidates of the first <paramref name="count"/> ranks, largest logit first, ties by id.</summary>
    public void KeepRanked(int count)
    {
        ReadOnlySpan<float> logits = Logits;
        Span<ulong> kept = keys.AsSpan(0, count);
        for (int i = 0; i < count; i++)
        {
            int index = RankKey.Id(kept[i]);
            kept[i] = RankKey.LargestFirst(logits[index], Id(index));
        }

        kept.Sort();
        for (int i = 0; i < count; i++)
        {
            ids[i] = RankKey.Id(kept[i]);
            listed[i] = RankKey.Logit(kept[i]);
        }

        isDense = false;
        Count = count;
    }

    private void RankMore()
    {
        if (!allKeyed && ranked == 0)
        {
            ranked = Math.Min(FirstRanks, Count);
            PartialOrder.Largest(Logits, keys.AsSpan(0, ranked));
            return;
        }

        int target = Math.Min(Math.Max(FirstRanks, 8 * ranked), Count);
        if (!allKeyed)
        {
            KeyAllByLogit();
            ranked = 0;
        }

        PartialOrder.SmallestFirst(keys.AsSpan(ranked, Count - ranked), target - ranked);
        ranked = target;
    }

    private void KeyAllByLogit()
    {
        ReadOnlySpan<float> logits = Logits;
        for (int i = 0; i < logits.Length; i++)
            keys[i] = RankKey.LargestFirst(logits[i], i);
        allKeyed = true;
    }

    // Lists candidate `from` at place `to`, to <= from.
    private void Move(int from, int to)
    {
        float logit = Logits[from];
        ids[to] = Id(from);
        listed[to] = logit;
    }

    private void ThrowNotFinite(float max)
    {
        if (float.IsNegativeInfinity(max))
            throw new SamplingException("No token is left to draw: every logit is minus infinity.");

        ReadOnlySpan<float> logits = Logits;
        int index = 0;
        while (!float.IsNaN(logits[index]) && !float.IsPositiveInfinity(logits[index]))
            index++;
        string what = float.IsNaN(logits[index]) ? "NaN" : "plus infinity";
        throw new SamplingException(
            $"The logit of token {Id(index)} is {what}; a logit must be a number or minus infinity. "
            + "The model's weights are damaged, or a bias or penalty is too large.");
    }
}
