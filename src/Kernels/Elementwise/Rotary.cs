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

            var c = TRung.Load(table);
            var s = TRung.Load(table + Lanes);
            float* a = x + i;
            for (int head = 0; head < heads; head++, a += headDim)
            {
                if (count == Lanes)
                    TRung.Store(Turn(TRung.Load(a), c, s), a);
                else
                    Rows<TRung>.Store(Turn(Rows<TRung>.Load(a, count, 0), c, s), a, count);
            }
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
        {
            int count = half - i;
            var c = Rows<TRung>.Load(cos + i, count, 0);
            var s = Rows<TRung>.Load(sin + i, count, 0);
            float* low = x + i;
            for (int head = 0; head < heads; head++, low += headDim)
            {
                float* high = low + half;
                var a = Rows<TRung>.Load(low, count, 0);
                var b = Rows<TRung>.Load(high, count, 0);
                Rows<TRung>.Store(TRung.NegatedMultiplyAdd(b, s, a * c), low, count);
                Rows<TRung>.Store(TRung.MultiplyAdd(a, s, b * c), high, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Turn(TRung x, TRung cos, TRung signedSin) => TRung.MultiplyAdd(TRung.SwapPairs(x), signedSin, x * cos);
}
