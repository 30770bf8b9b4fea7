using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// From floats to small integer codes, sixteen at a time; every lane rounds as the scalar expression in its summary does.
/// </summary>
internal static class Rounding
{
    private const int Step = 16;

    /// <summary><c>q = clamp(round half away from zero(x * inverse), -127, 127)</c>.</summary>
    internal static void HalfAwayFromZero(ReadOnlySpan<float> x, float inverse, Span<byte> q)
        => ToCodes(x, q, new AwayFromZero(inverse));

    /// <summary><c>q = clamp((int)((x - origin) * inverse + bias), 0, top)</c>: the addition and the cut round halves up.</summary>
    internal static void HalfUp(ReadOnlySpan<float> x, float origin, float inverse, float bias, int top, Span<byte> q)
        => ToCodes(x, q, new Up(origin, inverse, bias, top));

    /// <summary><c>q = clamp(round half to even(x * inverse + offset), 0, top)</c>, multiplied and added in one rounding.</summary>
    internal static void Nearest(ReadOnlySpan<float> x, float inverse, float offset, int top, Span<byte> q)
        => ToCodes(x, q, new ToEven(inverse, offset, top));

    /// <summary><c>clamp(round half to even(x * inverse), least, top)</c>, for the few scales of a superblock.</summary>
    internal static int Nearest(float x, float inverse, int least, int top)
        => Math.Clamp((int)MathF.Round(x * inverse), least, top);

    private static void ToCodes<TRule>(ReadOnlySpan<float> x, Span<byte> q, TRule rule)
        where TRule : struct, IRule
    {
        q = q[..x.Length];
        for (int i = 0; i < x.Length; i += Step)
        {
            Vector256<int> low = rule.Apply(Vector256.Create(x.Slice(i, Step)));
            Vector256<int> high = rule.Apply(Vector256.Create(x.Slice(i + (Step / 2), Step / 2)));
            Narrow(low, high).CopyTo(q[i..]);
        }
    }

    /// <summary>Sixteen small integers as bytes.</summary>
    internal static Vector128<byte> Narrow(Vector256<int> low, Vector256<int> high)
    {
        Vector256<short> words = Vector256.Narrow(low, high);
        return Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte();
    }

    private interface IRule
    {
        Vector256<int> Apply(Vector256<float> x);
    }

    private readonly struct AwayFromZero(float inverse) : IRule
    {
        public Vector256<int> Apply(Vector256<float> x)
        {
            Vector256<float> scaled = x * inverse;
            Vector256<float> whole = Vector256.Truncate(scaled);
            Vector256<float> away = Vector256.CopySign(Vector256<float>.One, scaled)
                & Vector256.GreaterThanOrEqual(Vector256.Abs(scaled - whole), Vector256.Create(0.5f));
            return Clamp(whole + away, -127, 127);
        }
    }

    private readonly struct Up(float origin, float inverse, float bias, int top) : IRule
    {
        public Vector256<int> Apply(Vector256<float> x)
            => Clamp(((x - Vector256.Create(origin)) * inverse) + Vector256.Create(bias), 0, top);
    }

    private readonly struct ToEven(float inverse, float offset, int top) : IRule
    {
        public Vector256<int> Apply(Vector256<float> x)
            => Clamp(Vector256.Round(Vector256.FusedMultiplyAdd(x, Vector256.Create(inverse), Vector256.Create(offset))), 0, top);
    }

    /// <summary>
    /// Clamped before it is cut, so that what is too large for an integer saturates; a NaN gives some code within the range.
    /// </summary>
    private static Vector256<int> Clamp(Vector256<float> x, float least, float top)
        => Vector256.ConvertToInt32Native(Vector256.MinNative(Vector256.MaxNative(x, Vector256.Create(least)), Vector256.Create(top)));
}
