using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Elementwise;

/// <summary>
/// Rotary position embedding in place: (a, b) becomes (a cos - b sin, b cos + a sin). A step takes the same dimensions of all heads,
/// so that the table is loaded once.
/// </summary>
internal static unsafe class Rotary<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private const int Lanes = Rows<TRung>.Lanes;

    /// <summary>Partners stand side by side: dimensions 2i and 2i + 1 turn by angle i.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void RotatePairs(float* x, int heads, int headDim, float* cos, float* sin, int rotated)
    {
        // b cos + a sin is the same expression as a cos - b sin once the partners are exchanged and every other sine is negated.
        float* table = stackalloc float[2 * Lanes];
        for (int i = 0; i < rotated; i += Lanes)
        {
            int count = Math.Min(Lanes, rotated - i);
            for (int lane = 0; lane < count; lane++)
            {
                int angle = (i + lane) / 2;
                table[lane] = cos[angle];
                table[Lanes + lane] = (lane & 1) == 0 ? -sin[angle] : sin[angle];
            }

            if (count == Lanes)
                TurnPairs(x + i, heads, headDim, table);
            else
                TurnLastPairs(x + i, heads, headDim, table, count);
        }
    }

    /// <summary>Partners are half the turned width apart: dimensions i and i + rotated / 2 turn by angle i.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void RotateHalves(float* x, int heads, int headDim, float* cos, float* sin, int rotated)
    {
        int half = rotated / 2;
        int i = 0;
        for (; i <= half - Lanes; i += Lanes)
        {
            var c = TRung.Load(cos + i);
            var s = TRung.Load(sin + i);
            float* low = x + i;
            for (int head = 0; head < heads; head++, low += headDim)
            {
                float* high = low + half;
                var a = TRung.Load(low);
                var b = TRung.Load(high);
                TRung.Store(TRung.NegatedMultiplyAdd(b, s, a * c), low);
                TRung.Store(TRung.MultiplyAdd(a, s, b * c), high);
            }
        }

        if (i < half)
            TurnLastHalves(x + i, half, heads, headDim, cos + i, sin + i, half - i);
    }

    [MethodImpl(InnerLoop.Options)]
    private static void TurnPairs(float* x, int heads, int headDim, float* table)
    {
        var c = TRung.Load(table);
        var s = TRung.Load(table + Lanes);
        for (int head = 0; head < heads; head++, x += headDim)
            TRung.Store(Turn(TRung.Load(x), c, s), x);
    }

    // Lengths that are no multiple of sixteen are rare, and what they do would cost the loops above their registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TurnLastPairs(float* x, int heads, int headDim, float* table, int count)
    {
        for (int head = 0; head < heads; head++, x += headDim)
            Rows<TRung>.Store(Turn(Rows<TRung>.Load(x, count, 0), TRung.Load(table), TRung.Load(table + Lanes)), x, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TurnLastHalves(float* low, int half, int heads, int headDim, float* cos, float* sin, int count)
    {
        var c = Rows<TRung>.Load(cos, count, 0);
        var s = Rows<TRung>.Load(sin, count, 0);
        for (int head = 0; head < heads; head++, low += headDim)
        {
            float* high = low + half;
            var a = Rows<TRung>.Load(low, count, 0);
            var b = Rows<TRung>.Load(high, count, 0);
            Rows<TRung>.Store(TRung.NegatedMultiplyAdd(b, s, a * c), low, count);
            Rows<TRung>.Store(TRung.MultiplyAdd(a, s, b * c), high, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Turn(TRung x, TRung cos, TRung signedSin) => TRung.MultiplyAdd(TRung.SwapPairs(x), signedSin, x * cos);
}
