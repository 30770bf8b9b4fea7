using System.Runtime.InteropServices;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Don't repeat yourself (p-e-w, text-generation-webui pull request 5677): lowers the logit of every token that would prolong a
/// repetition, exponentially in the length that already repeats. A breaker in the window ends what may count as repeated.
/// </summary>
internal sealed class DrySampler : ISampler
{
    private const float LargestFloatLog = 88.7228391f;

    private readonly float multiplier;
    private readonly float penaltyBase;
    private readonly int allowedLength;
    private readonly int lastN;
    private readonly int largestExponent;
    private readonly Dictionary<int, List<int[]>> breakerTails = [];
    private readonly HashSet<int> singleBreakers = [];

    // [vocabulary] one more than the longest repetition that the token would prolong; all zero between two calls.
    private readonly int[] prolongs;

    // [window] length of the match of the window's end with the part that ends i tokens before it. Grows with a window of -1.
    private int[] matches;

    /// <param name="multiplier">Penalty of the shortest repetition that counts.</param>
    /// <param name="penaltyBase">Factor for each token more.</param>
    /// <param name="allowedLength">Shortest repetition that counts.</param>
    /// <param name="lastN">Tokens looked at; -1 for the whole history.</param>
    /// <param name="breakers">Token sequences that end a repetition; empty ones are ignored.</param>
    /// <param name="vocabularySize">Number of tokens.</param>
    public DrySampler(
        float multiplier, float penaltyBase, int allowedLength, int lastN, IEnumerable<int[]> breakers, int vocabularySize)
    {
        this.multiplier = multiplier;
        this.penaltyBase = penaltyBase;
        this.allowedLength = allowedLength;
        this.lastN = lastN;
        largestExponent = penaltyBase > 1.000001f ? (int)(LargestFloatLog / PortableMath.Log(penaltyBase)) : int.MaxValue;
        prolongs = new int[vocabularySize];
        matches = new int[Math.Clamp(lastN, 64, 1 << 20)];
        foreach (int[] breaker in breakers)
        {
            if (breaker.Length == 0)
                continue;
            if (breaker.Length == 1)
                singleBreakers.Add(breaker[0]);
            (CollectionsMarshal.GetValueRefOrAddDefault(breakerTails, breaker[0], out _) ??= []).Add(breaker[1..]);
        }
    }

    public void Apply(Candidates candidates, in SamplingStep step)
    {
        ReadOnlySpan<int> window = step.Window(lastN);
        int limit = RepetitionLimit(window);
        if (window.Length <= allowedLength || limit < allowedLength)
            return;

        MatchWithEnd(window);
        for (int i = 1; i < window.Length; i++)
        {
            // The match that ends i tokens before the window's end would be prolonged by the token that came next there.
            int next = window[^i];
            int length = Math.Min(matches[i], limit);
            if (length >= allowedLength && (uint)next < (uint)prolongs.Length)
                prolongs[next] = Math.Max(prolongs[next], length + 1);
        }

        Penalise(candidates, window);
    }

    public int? ListCapacity(int vocabularySize) => null;

    /// <summary>
    /// The number of tokens after the last breaker, the longest one if several begin at the same token; the whole window without one.
    /// </summary>
    private int RepetitionLimit(ReadOnlySpan<int> window)
    {
        for (int start = window.Length - 1; start >= 0; start--)
        {
            if (!breakerTails.TryGetValue(window[start], out List<int[]>? tails))
                continue;

            ReadOnlySpan<int> following = window[(start + 1)..];
            int longest = -1;
            foreach (int[] tail in tails)
            {
                if (tail.Length > longest && following.StartsWith(tail))
                    longest = tail.Length;
            }

            if (longest >= 0)
                return following.Length - longest;
        }

        return window.Length;
    }

    /// <summary>
    /// The Z-algorithm (Gusfield 1997) from the window's end backwards, linear in its length: matches[i] is how many tokens before and
    /// at place i from the end equal those before and at the end.
    /// </summary>
    private void MatchWithEnd(ReadOnlySpan<int> window)
    {
        int n = window.Length;
        if (matches.Length < n)
            matches = new int[Math.Max(n, 2 * matches.Length)];

        // [boxStart, boxEnd) is the match found so far that reaches farthest back.
        int boxStart = 0;
        int boxEnd = 0;
        for (int i = 1; i < n; i++)
        {
            int length = i < boxEnd ? Math.Min(boxEnd - i, matches[i - boxStart]) : 0;
            if (i + length >= boxEnd)
            {
                while (i + length < n && window[n - 1 - length] == window[n - 1 - i - length])
                    length++;
                boxStart = i;
                boxEnd = i + length;
            }

            matches[i] = length;
        }
    }

    private void Penalise(Candidates candidates, ReadOnlySpan<int> window)
    {
        Span<float> logits = candidates.Logits;
        if (!candidates.IsDense)
        {
            for (int i = 0; i < logits.Length; i++)
                logits[i] = Logits.Lower(logits[i], Penalty(candidates.Id(i)));
        }

        foreach (int token in window)
        {
            if ((uint)token >= (uint)prolongs.Length || prolongs[token] == 0)
                continue;
            if (candidates.IsDense)
                logits[token] = Logits.Lower(logits[token], Penalty(token));
            prolongs[token] = 0;
        }
    }

    private float Penalty(int token)
    {
        if (prolongs[token] == 0 || singleBreakers.Contains(token))
            return 0;
        int exponent = Math.Min(prolongs[token] - 1 - allowedLength, largestExponent);
        return (float)(multiplier * IntegerPower(penaltyBase, exponent));
    }

    private static double IntegerPower(double value, int exponent)
    {
        double power = 1;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
                power *= value;
            value *= value;
        }

        return power;
    }
}
