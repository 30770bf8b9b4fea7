using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Elementwise;

/// <summary>
/// Elementary functions of sixteen floats. They use additions, fused multiply-adds and divisions alone, each of which IEEE 754
/// defines to the bit, so every rung gives the same result. Polynomials are minimax fits of the relative error.
/// </summary>
internal static class VectorMath<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    /// <summary>
    /// e^x within one unit in the last place; exactly 1 at 0. Zero below ln(2^-126) = -87.3365, where results would be subnormal, and
    /// infinity above 127.5 ln 2 = 88.3762, the last argument whose scale is a normal float.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Exp(TRung x)
        => TRung.SelectGreater(x, TRung.Broadcast(88.37626f), TRung.Broadcast(float.PositiveInfinity), ExpOfNegative(x));

    /// <summary><see cref="Exp"/> without its upper end: for x at most 88.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung ExpOfNegative(TRung x)
    {
        // x = n ln 2 + r, |r| <= ln(2) / 2. ln 2 comes in two parts; with a fused multiply-add the first difference is exact.
        var n = TRung.Round(x * TRung.Broadcast(1.44269504f));
        var r = TRung.NegatedMultiplyAdd(n, TRung.Broadcast(0.693147182f), x);
        r = TRung.NegatedMultiplyAdd(n, TRung.Broadcast(-1.90465430e-9f), r);

        // e^r = 1 + r + r^2 q(r); the fit is good to 2^-28.
        var p = TRung.MultiplyAdd(TRung.Broadcast(0.00138145406f), r, TRung.Broadcast(0.00836874545f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(0.0416683890f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(0.166665211f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(0.499999940f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(1));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(1));
        return TRung.SelectGreater(TRung.Broadcast(-87.33654f), x, TRung.Zero, p * TRung.PowerOfTwo(n));
    }

    /// <summary>
    /// 2^x within one unit in the last place, for x at most 126; exactly 1 at 0, zero from -126.5 down. Costs two thirds of
    /// <see cref="ExpOfNegative"/>, for there is nothing to reduce: what can choose its base takes this.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Exp2OfNegative(TRung x)
    {
        // x = n + r, |r| <= 1/2, exactly. The power of two of -127 is zero, and the maximum keeps what is not a number.
        x = TRung.Max(TRung.Broadcast(-127), x);
        var n = TRung.Round(x);
        var r = x - n;

        // The fit is good to 2^-25.9.
        var p = TRung.MultiplyAdd(TRung.Broadcast(0.000160810203f), r, TRung.Broadcast(0.00133811287f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(0.00961615052f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(0.0555038638f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(0.240226641f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(0.693147182f));
        p = TRung.MultiplyAdd(p, r, TRung.Broadcast(1));
        return p * TRung.PowerOfTwo(n);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Sigmoid(TRung x) => TRung.Broadcast(1) / (TRung.Broadcast(1) + Exp(TRung.Zero - x));

    /// <summary>x / (1 + e^-s), the gate of the sigmoid family: no difference is formed, so small results keep their digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung TimesSigmoid(TRung x, TRung s) => x / (TRung.Broadcast(1) + Exp(TRung.Zero - s));

    /// <summary>The hyperbolic tangent: an odd polynomial up to 0.625, where 1 - 2 / (e^2x + 1) would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Tanh(TRung x)
    {
        var z = x * x;
        var p = TRung.MultiplyAdd(TRung.Broadcast(-0.00571704330f), z, TRung.Broadcast(0.0206505861f));
        p = TRung.MultiplyAdd(p, z, TRung.Broadcast(-0.0537434965f));
        p = TRung.MultiplyAdd(p, z, TRung.Broadcast(0.133314908f));
        p = TRung.MultiplyAdd(p, z, TRung.Broadcast(-0.333332837f));
        var near = TRung.MultiplyAdd(x * z, p, x);

        var magnitude = TRung.Abs(x);
        var far = TRung.Broadcast(1) - (TRung.Broadcast(2) / (Exp(magnitude + magnitude) + TRung.Broadcast(1)));
        far = TRung.SelectGreater(x, TRung.Zero, far, TRung.Zero - far);
        return TRung.SelectGreater(magnitude, TRung.Broadcast(0.625f), far, near);
    }

    /// <summary>ln(1 + y) for y within [0, 1], as 2 artanh(f) with f = y / (2 + y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Log1P(TRung y)
    {
        var f = y / (TRung.Broadcast(2) + y);
        var z = f * f;
        var p = TRung.MultiplyAdd(TRung.Broadcast(0.280244589f), z, TRung.Broadcast(0.279991418f));
        p = TRung.MultiplyAdd(p, z, TRung.Broadcast(0.400216997f));
        p = TRung.MultiplyAdd(p, z, TRung.Broadcast(0.666664124f));
        return TRung.MultiplyAdd(f * z, p, f + f);
    }

    /// <summary>The distribution function of the normal distribution, with a small relative error also far on the left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung NormalDistribution(TRung x)
    {
        // Beyond 30 nothing changes any more, and the square of a larger number could overflow.
        var magnitude = TRung.Min(TRung.Broadcast(30), TRung.Abs(x));

        // erfc(z) e^(z^2) = t R(t) with z = |x| / sqrt(2), t = 1 / (1 + 0.4 z).
        var t = TRung.Broadcast(1) / TRung.MultiplyAdd(magnitude, TRung.Broadcast(0.282842712f), TRung.Broadcast(1));
        var p = TRung.MultiplyAdd(TRung.Broadcast(-0.0295945071f), t, TRung.Broadcast(0.198014215f));
        p = TRung.MultiplyAdd(p, t, TRung.Broadcast(-0.498814046f));
        p = TRung.MultiplyAdd(p, t, TRung.Broadcast(0.547439098f));
        p = TRung.MultiplyAdd(p, t, TRung.Broadcast(-0.284369946f));
        p = TRung.MultiplyAdd(p, t, TRung.Broadcast(0.272068083f));
        p = TRung.MultiplyAdd(p, t, TRung.Broadcast(0.129678920f));
        p = TRung.MultiplyAdd(p, t, TRung.Broadcast(0.214919254f));
        p = TRung.MultiplyAdd(p, t, TRung.Broadcast(0.224951997f));
        p = TRung.MultiplyAdd(p, t, TRung.Broadcast(0.225706905f)) * t;

        // e^(-x^2 / 2), with the rounding error of the square as a factor (1 - error / 2).
        var square = magnitude * magnitude;
        var error = TRung.NegatedMultiplyAdd(magnitude, magnitude, square);
        var density = ExpOfNegative(square * TRung.Broadcast(-0.5f));
        density = TRung.MultiplyAdd(density, error * TRung.Broadcast(0.5f), density);

        var tail = p * density * TRung.Broadcast(0.5f);
        return TRung.SelectGreater(x, TRung.Zero, TRung.Broadcast(1) - tail, tail);
    }
}
