using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Elementwise;

/// <summary>Operations whose result depends on the whole row. Lane i sums elements i, i + 16, ..., then the lanes are summed as a tree.</summary>
internal static unsafe class Normalization<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private const int Lanes = Rows<TRung>.Lanes;

    [MethodImpl(InnerLoop.Options)]
    public static void RmsNorm(float* x, float* weight, float eps, float* y, int width)
    {
        float meanSquare = SumOfSquares(x, 0, width) / width;
        float scale = 1 / MathF.Sqrt(meanSquare + eps);
        if (weight == null)
            Rows<TRung>.Map(new Scaled<TRung>(TRung.Broadcast(scale)), x, y, width);
        else
            Rows<TRung>.Zip(new ScaledProduct<TRung>(TRung.Broadcast(scale)), x, weight, y, width);
    }

    [MethodImpl(InnerLoop.Options)]
    public static void LayerNorm(float* x, float* weight, float* bias, float eps, float* y, int width)
    {
        float mean = Sum(x, width) / width;
        float variance = SumOfSquares(x, mean, width) / width;
        float scale = 1 / MathF.Sqrt(variance + eps);
        Rows<TRung>.Map(new Standardized<TRung>(TRung.Broadcast(mean), TRung.Broadcast(scale)), x, y, width);
        if (weight != null)
            Rows<TRung>.Zip(default(Product<TRung>), y, weight, y, width);
        if (bias != null)
            Rows<TRung>.Zip(default(Sum<TRung>), y, bias, y, width);
    }

    [MethodImpl(InnerLoop.Options)]
    public static void KeepLargest(float* x, float deviations, float* y, int width)
    {
        float mean = Sum(x, width) / width;
        float deviation = MathF.Sqrt(SumOfSquares(x, mean, width) / Math.Max(1, width - 1));
        Rows<TRung>.Map(new Above<TRung>(TRung.Broadcast(mean + (deviations * deviation))), x, y, width);
    }

    [MethodImpl(InnerLoop.Options)]
    public static void MatchMagnitude(float* x, float* y, int width)
    {
        float target = SumOfSquares(x, 0, width) / width;
        float own = MathF.Max(SumOfSquares(y, 0, width) / width, 1e-5f);
        Rows<TRung>.Map(new Scaled<TRung>(TRung.Broadcast(MathF.Sqrt(target) / MathF.Sqrt(own))), y, y, width);
    }

    [MethodImpl(InnerLoop.Options)]
    public static void Softmax(float* x, int width)
    {
        float max = Max(x, width);
        if (float.IsNegativeInfinity(max))
        {
            new Span<float>(x, width).Clear();
            return;
        }

        Rows<TRung>.Map(new ExpOfDifference<TRung>(TRung.Broadcast(max)), x, x, width);
        Rows<TRung>.Map(new Scaled<TRung>(TRung.Broadcast(1 / Sum(x, width))), x, x, width);
    }

    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    public static int ArgMax(float* x, int width)
    {
        // Lane i remembers the first largest of elements i, i + 16, ... and where it was: a float counts exactly up to 2^24.
        float* indices = stackalloc float[Lanes];
        for (int lane = 0; lane < Lanes; lane++)
            indices[lane] = lane;
        float* values = stackalloc float[Lanes];
        int whole = Rows<TRung>.SetAside(x, width, float.NegativeInfinity, values);
        var index = TRung.Load(indices);
        var step = TRung.Broadcast(Lanes);
        var bestIndex = index;
        var best = TRung.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < width; i += Lanes)
        {
            var value = TRung.Load(i < whole ? x + i : values);
            bestIndex = TRung.SelectGreater(value, best, index, bestIndex);
            best = TRung.SelectGreater(value, best, value, best);
            index += step;
        }

        TRung.Store(best, values);
        TRung.Store(bestIndex, indices);
        int winner = 0;
        for (int lane = 1; lane < Lanes; lane++)
        {
            if (values[lane] > values[winner] || (values[lane] == values[winner] && indices[lane] < indices[winner]))
                winner = lane;
        }

        return (int)indices[winner];
    }

    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    public static float Sum(float* x, int width)
    {
        float* rest = stackalloc float[Lanes];
        int whole = Rows<TRung>.SetAside(x, width, 0, rest);
        var sum = TRung.Zero;
        for (int i = 0; i < whole; i += Lanes)
            sum += TRung.Load(x + i);
        if (whole < width)
            sum += TRung.Load(rest);
        return TRung.Sum(sum);
    }

    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    public static float Max(float* x, int width)
    {
        float* rest = stackalloc float[Lanes];
        int whole = Rows<TRung>.SetAside(x, width, float.NegativeInfinity, rest);
        var max = TRung.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < whole; i += Lanes)
            max = TRung.Max(max, TRung.Load(x + i));
        if (whole < width)
            max = TRung.Max(max, TRung.Load(rest));
        return TRung.MaxLane(max);
    }

    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    private static float SumOfSquares(float* x, float mean, int width)
    {
        float* rest = stackalloc float[Lanes];
        int whole = Rows<TRung>.SetAside(x, width, mean, rest);
        var centre = TRung.Broadcast(mean);
        var sum = TRung.Zero;
        for (int i = 0; i < whole; i += Lanes)
        {
            var difference = TRung.Load(x + i) - centre;
            sum = TRung.MultiplyAdd(difference, difference, sum);
        }

        if (whole < width)
        {
            var difference = TRung.Load(rest) - centre;
            sum = TRung.MultiplyAdd(difference, difference, sum);
        }

        return TRung.Sum(sum);
    }
}
