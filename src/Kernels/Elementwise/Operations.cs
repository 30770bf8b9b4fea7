using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Elementwise;

/// <summary>What <see cref="Rows{TRung}.Map"/> does to sixteen elements; its constants are fields.</summary>
internal interface IUnary<TRung>
{
    TRung Apply(TRung x);
}

/// <summary>What <see cref="Rows{TRung}.Zip"/> does to two times sixteen elements; its constants are fields.</summary>
internal interface IBinary<TRung>
{
    TRung Apply(TRung a, TRung b);
}

internal readonly struct Activated<TRung, TActivation> : IUnary<TRung>
    where TRung : unmanaged, IRung<TRung>
    where TActivation : struct, IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung x) => TActivation.Apply(x);
}

internal readonly struct Scaled<TRung>(TRung factor) : IUnary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung x) => x * factor;
}

internal readonly struct SoftCapped<TRung>(TRung inverse, TRung cap) : IUnary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung x) => VectorMath<TRung>.Tanh(x * inverse) * cap;
}

internal readonly struct Sum<TRung> : IBinary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung a, TRung b) => a + b;
}

internal readonly struct KeptWherePositive<TRung> : IBinary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung a, TRung b) => TRung.SelectGreater(a, TRung.Zero, b, TRung.Zero);
}

internal readonly struct ScaledSum<TRung>(TRung factor) : IBinary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung a, TRung b) => TRung.MultiplyAdd(b, factor, a);
}

internal readonly struct Product<TRung> : IBinary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung a, TRung b) => a * b;
}

internal readonly struct ScaledProduct<TRung>(TRung factor) : IBinary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung a, TRung b) => a * factor * b;
}

internal readonly struct Gated<TRung, TActivation> : IBinary<TRung>
    where TRung : unmanaged, IRung<TRung>
    where TActivation : struct, IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung gate, TRung up) => TActivation.Apply(gate) * up;
}

internal readonly struct ClampedSwiGlu<TRung>(TRung alpha, TRung limit) : IBinary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung gate, TRung up)
    {
        var g = TRung.Min(limit, gate);
        var u = TRung.Max(TRung.Zero - limit, TRung.Min(limit, up));
        return VectorMath<TRung>.TimesSigmoid(g, g * alpha) * (u + TRung.Broadcast(1));
    }
}

internal readonly struct Xielu<TRung>(TRung square, TRung exponential, TRung line, TRung limit) : IUnary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung x)
    {
        var right = square * x * x;
        var left = exponential * (VectorMath<TRung>.Exp(TRung.Min(limit, x)) - TRung.Broadcast(1) - x);
        return TRung.MultiplyAdd(line, x, TRung.SelectGreater(x, TRung.Zero, right, left));
    }
}

internal readonly struct Above<TRung>(TRung bound) : IUnary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung x) => TRung.Max(TRung.Zero, x - bound);
}

internal readonly struct Standardized<TRung>(TRung mean, TRung scale) : IUnary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung x) => (x - mean) * scale;
}

internal readonly struct ExpOfDifference<TRung>(TRung max) : IUnary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TRung Apply(TRung x) => VectorMath<TRung>.ExpOfNegative(x - max);
}
