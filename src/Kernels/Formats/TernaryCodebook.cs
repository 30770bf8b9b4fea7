using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats;

/// <summary>
/// Encodes 256 values as <c>d * (2 s + 1) * (entry ± 1/8)</c> with entries of <see cref="Codebook.Iq1S"/>, each group of vectors with its
/// own 3-bit <c>s</c>: what <see cref="IQ1_S"/> and <see cref="IQ1_M"/> have in common.
/// </summary>
/// <remarks>
/// One vector lane holds one pair of scale and shift: lanes 0 to 7 the scales with <c>+1/8</c>, lanes 8 to 15 with <c>-1/8</c>. For an entry
/// <c>q</c> the loss of <c>x ≈ f * (q + δ)</c> is <c>f * (f * Σwq² + 2δf * Σwq - 2Σwxq)</c> and a part that all entries share.
/// </remarks>
internal static class TernaryCodebook
{
    internal const int VectorWeights = 8;
    internal const float Shift = 0.125f;

    private const int Weights = 256;
    private const int Scales = 8;
    private const int Entries = 2048;

    /// <summary>What a value can be for one of the shifts; turned round, for the other.</summary>
    private static readonly TableCodes Shifted = new([Shift - 1, Shift, Shift + 1], Candidates.From(1, -3, 2));

    /// <summary>The factor and the shift of each lane, without d.</summary>
    private static readonly Vector512<float> Factors =
        Vector512.Create(Vector256.CreateSequence(1f, 2f), Vector256.CreateSequence(1f, 2f));

    private static readonly Vector512<float> Shifts = Vector512.Create(Vector256.Create(Shift), Vector256.Create(-Shift));

    /// <summary>The eight values <c>step * (entry ± 1/8)</c>.</summary>
    internal static void Decode(int index, bool isNegative, float step, Span<float> w)
    {
        float shift = isNegative ? -Shift : Shift;
        ReadOnlySpan<sbyte> entry = Codebook.Iq1S[index];
        for (int j = 0; j < w.Length; j++)
            w[j] = step * (entry[j] + shift);
    }

    /// <param name="x">256 values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="groupVectors">Vectors of eight values that share a scale.</param>
    /// <param name="groupShift">Whether they share the shift too.</param>
    /// <param name="scales">Receives <c>s</c> per group.</param>
    /// <param name="indices">Receives the entry per vector.</param>
    /// <param name="isNegative">Receives per vector whether the shift is <c>-1/8</c>.</param>
    /// <returns>d.</returns>
    [SkipLocalsInit]
    internal static float Encode(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        int groupVectors,
        bool groupShift,
        Span<byte> scales,
        Span<ushort> indices,
        Span<bool> isNegative)
    {
        int groupWeights = groupVectors * VectorWeights, groups = Weights / groupWeights;
        float largest = 0;
        for (int start = 0; start < Weights; start += groupWeights)
            largest = MathF.Max(largest, MathF.Abs(SymmetricFit.Scale(x.Slice(start, groupWeights), w.Slice(start, groupWeights), Shifted)));

        float d = (float)(Half)(largest / ((2 * Scales) - 1));
        float productSum = 0, squareSum = 0;
        Span<float> sums = stackalloc float[groupVectors * 3 * Entries];
        Span<Vector512<float>> losses = stackalloc Vector512<float>[groupVectors];
        for (int g = 0; g < groups; g++)
        {
            for (int v = 0; v < groupVectors; v++)
            {
                int start = ((g * groupVectors) + v) * VectorWeights;
                EntrySums entries = new(sums.Slice(v * 3 * Entries, 3 * Entries));
                losses[v] = entries.LeastLosses(x.Slice(start, VectorWeights), w.Slice(start, VectorWeights), Factors * d);
            }

            int lane = groupShift ? SharedLane(losses) : BestScale(losses);
            scales[g] = (byte)(lane % Scales);
            for (int v = 0; v < groupVectors; v++)
            {
                int vector = (g * groupVectors) + v;
                if (!groupShift)
                    lane = (lane % Scales) + (losses[v][(lane % Scales) + Scales] < losses[v][lane % Scales] ? Scales : 0);
                isNegative[vector] = lane >= Scales;
                EntrySums entries = new(sums.Slice(v * 3 * Entries, 3 * Entries));
                indices[vector] = (ushort)entries.Nearest(Factors[lane] * d, Shifts[lane]);

                ReadOnlySpan<sbyte> entry = Codebook.Iq1S[indices[vector]];
                for (int j = 0; j < VectorWeights; j++)
                {
                    float value = Factors[lane] * (entry[j] + Shifts[lane]);
                    float weighted = w[(vector * VectorWeights) + j] * value;
                    productSum += weighted * x[(vector * VectorWeights) + j];
                    squareSum += weighted * value;
                }
            }
        }

        // With all codes chosen the best common factor has a closed form.
        return squareSum > 0 ? MathF.Max(productSum / squareSum, 0) : 0;
    }

    /// <summary>The best pair of scale and shift for all vectors of a group.</summary>
    private static int SharedLane(ReadOnlySpan<Vector512<float>> losses)
    {
        Vector512<float> total = Vector512<float>.Zero;
        foreach (Vector512<float> loss in losses)
            total += loss;
        return Math.Max(Candidates.Least(total), 0);
    }

    /// <summary>The best scale for all vectors of a group where each has its own shift.</summary>
    private static int BestScale(ReadOnlySpan<Vector512<float>> losses)
    {
        Vector256<float> total = Vector256<float>.Zero;
        foreach (Vector512<float> loss in losses)
            total += Vector256.Min(loss.GetLower(), loss.GetUpper());
        return Math.Max(Candidates.Least(Vector512.Create(total, total)), 0);
    }

    /// <summary>Per entry <c>-2Σwxq</c>, <c>Σwq²</c> and <c>Σwq</c> of one vector.</summary>
    private readonly ref struct EntrySums(Span<float> sums)
    {
        private readonly Span<float> products = sums[..Entries];
        private readonly Span<float> squares = sums.Slice(Entries, Entries);
        private readonly Span<float> plain = sums.Slice(2 * Entries, Entries);

        /// <summary>Computes the sums, and the least loss over all entries for each lane.</summary>
        internal Vector512<float> LeastLosses(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Vector512<float> factors)
        {
            Codebook.Iq1S.Correlate(x, w, products, squares, plain);
            Vector512<float> shiftFactors = 2 * Shifts * factors, least = Vector512.Create(float.PositiveInfinity);
            for (int c = 0; c < Entries; c++)
            {
                Vector512<float> loss = Vector512.FusedMultiplyAdd(shiftFactors, Vector512.Create(plain[c]), Vector512.Create(products[c]));
                least = Vector512.MinNative(least, Vector512.FusedMultiplyAdd(factors, Vector512.Create(squares[c]), loss));
            }

            float sumW = 0, sumWx = 0;
            for (int j = 0; j < VectorWeights; j++)
            {
                sumW += w[j];
                sumWx += w[j] * x[j];
            }

            return factors * (least + (Shifts * ((factors * Shifts * sumW) - Vector512.Create(2 * sumWx))));
        }

        /// <summary>The entry of least loss for one factor and shift, the first of several.</summary>
        internal int Nearest(float factor, float shift)
        {
            int best = 0;
            float least = float.PositiveInfinity;
            for (int c = 0; c < Entries; c++)
            {
                float loss = (factor * squares[c]) + (2 * shift * factor * plain[c]) + products[c];
                if (loss < least)
                {
                    least = loss;
                    best = c;
                }
            }

            return best;
        }
    }
}
