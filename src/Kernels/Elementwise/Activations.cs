using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Elementwise;

/// <summary>A function of one element, for sixteen at a time. Each member of <see cref="Activation"/> is one such struct.</summary>
internal interface IActivation
{
    static abstract TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>;
}

internal readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => VectorMath<TRung>.TimesSigmoid(x, x);
}

internal readonly struct Gelu : IActivation
{
    /// <summary>(1 + tanh(u)) / 2 is the sigmoid of 2u, and 2u = x (1.5957691 + 0.0713548 x^2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => VectorMath<TRung>.TimesSigmoid(x, x * TRung.MultiplyAdd(x * x, TRung.Broadcast(0.0713548163f), TRung.Broadcast(1.59576912f)));
}

internal readonly struct GeluErf : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => x * VectorMath<TRung>.NormalDistribution(x);
}

internal readonly struct GeluQuick : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => VectorMath<TRung>.TimesSigmoid(x, x * TRung.Broadcast(1.702f));
}

internal readonly struct Relu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => TRung.Max(TRung.Zero, x);
}

internal readonly struct ReluSquared : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
    {
        var positive = TRung.Max(TRung.Zero, x);
        return positive * positive;
    }
}

internal readonly struct Sigmoid : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => VectorMath<TRung>.Sigmoid(x);
}

internal readonly struct Tanh : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => VectorMath<TRung>.Tanh(x);
}

internal readonly struct Softplus : IActivation
{
    /// <summary>max(x, 0) + ln(1 + e^-|x|): neither overflows nor loses the small results of negative arguments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => TRung.Max(TRung.Zero, x) + VectorMath<TRung>.Log1P(VectorMath<TRung>.ExpOfNegative(TRung.Zero - TRung.Abs(x)));
}

internal readonly struct Exponential : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Apply<TRung>(TRung x)
        where TRung : unmanaged, IRung<TRung>
        => VectorMath<TRung>.Exp(x);
}
