using System.Runtime.InteropServices;

namespace Hearth.Perf.Micro.Measuring;

/// <summary>A benchmark of a wrong answer is worth nothing: setups compare before anything is timed.</summary>
public static class Answer
{
    /// <summary>Every rung gives the oracle's bytes.</summary>
    /// <exception cref="InvalidOperationException">A number differs.</exception>
    public static void MustEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        var wanted = MemoryMarshal.Cast<float, int>(expected);
        var found = MemoryMarshal.Cast<float, int>(actual);
        int at = wanted.CommonPrefixLength(found);
        if (at < wanted.Length || at < found.Length)
            throw Wrong(what, at, at < expected.Length ? expected[at] : float.NaN, at < actual.Length ? actual[at] : float.NaN);
    }

    /// <summary>The same of bytes.</summary>
    /// <exception cref="InvalidOperationException">A byte differs.</exception>
    public static void MustEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        int at = expected.CommonPrefixLength(actual);
        if (at < expected.Length || at < actual.Length)
            throw Wrong(what, at, at < expected.Length ? expected[at] : float.NaN, at < actual.Length ? actual[at] : float.NaN);
    }

    /// <summary>For another library's results, which are rounded in another order.</summary>
    /// <exception cref="InvalidOperationException">A number is further off than the tolerance.</exception>
    public static void MustBeNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(MathF.Abs(expected[i] - actual[i]) <= tolerance))
                throw Wrong(what, i, expected[i], actual[i]);
        }
    }

    private static InvalidOperationException Wrong(string what, int at, float expected, float actual)
        => new(FormattableString.Invariant($"{what}: number {at} is {actual:R}, the oracle says {expected:R}."));
}
