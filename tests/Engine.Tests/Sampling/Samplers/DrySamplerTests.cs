using FsCheck.Xunit;
using Hearth.Engine.Sampling.Samplers;

namespace Hearth.Engine.Tests.Sampling.Samplers;

public sealed class DrySamplerTests
{
    private const int Vocabulary = 4;

    [Property(MaxTest = 500)]
    public void Penalties_are_those_of_the_definition(byte[] text, byte allowed, sbyte lastN, byte[] breaker)
    {
        int[] history = [.. text.Select(token => token % Vocabulary)];
        int window = Math.Max((int)lastN, -1);
        int allowedLength = allowed % 4;
        int[][] breakers = breaker.Length is > 0 and < 4 ? [[.. breaker.Select(token => token % Vocabulary)]] : [];
        var sampler = new DrySampler(0.5f, 1.5f, allowedLength, window, breakers, Vocabulary);

        float[] actual = SamplerProbe.Logits(sampler, new float[Vocabulary], history);

        Assert.Equal(Reference(history, allowedLength, window, breakers), actual);
        Assert.Equal(new float[Vocabulary], SamplerProbe.Logits(sampler, new float[Vocabulary], []));
    }

    [Fact]
    public void The_longest_breaker_at_one_place_counts()
    {
        // The end, 2 3, stood before 0. With the breaker 1 2 only the 3 counts as repeated, with 1 alone 2 3 would.
        int[] history = [2, 3, 0, 1, 2, 3];
        var sampler = new DrySampler(1, 2, 1, -1, [[1], [1, 2]], Vocabulary);
        Assert.Equal([-1, 0, 0, 0], SamplerProbe.Logits(sampler, new float[Vocabulary], history));
    }

    [Fact]
    public void A_breaker_outside_the_window_is_not_seen()
    {
        int[] history = [1, 2, 3, 0, 2, 3];
        Assert.Equal(-2, SamplerProbe.Logits(new DrySampler(1, 2, 1, 5, [[1]], Vocabulary), new float[Vocabulary], history)[0]);
    }

    [Fact]
    public void A_very_long_repetition_does_not_overflow()
    {
        int[] history = [.. Enumerable.Repeat(1, 5000)];
        float[] logits = SamplerProbe.Logits(new DrySampler(0.5f, 1.75f, 2, -1, [], Vocabulary), new float[Vocabulary], history);
        Assert.True(float.IsFinite(logits[1]) && logits[1] < -1e37f);
    }

    // Each earlier occurrence of the window's end, compared token by token.
    private static float[] Reference(int[] history, int allowedLength, int lastN, int[][] breakers)
    {
        int[] window = lastN < 0 || lastN > history.Length ? history : history[^lastN..];
        int limit = window.Length;
        for (int start = window.Length - 1; start >= 0 && limit == window.Length; start--)
        {
            int[]? found = breakers.Where(b => window[start..].AsSpan().StartsWith(b)).MaxBy(b => b.Length);
            if (found is not null)
                limit = Math.Min(limit, window.Length - start - found.Length);
        }

        var lengths = new int[Vocabulary];
        Array.Fill(lengths, -1);
        for (int next = 1; next < window.Length; next++)
        {
            int length = 0;
            while (length < next && window[next - 1 - length] == window[^(1 + length)])
                length++;
            lengths[window[next]] = Math.Max(lengths[window[next]], Math.Min(length, limit));
        }

        return
        [
            .. lengths.Select((length, token) => length < 0 || length < allowedLength || breakers.Any(b => b is [int only] && only == token)
                ? 0f
                : -(float)(0.5 * Math.Pow(1.5, length - allowedLength))),
        ];
    }
}
