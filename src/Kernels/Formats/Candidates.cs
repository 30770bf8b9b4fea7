using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats;

/// <summary>Sixteen candidates of a search, one a vector lane.</summary>
internal static class Candidates
{
    private static readonly Vector512<float> Fractions = (Vector512.CreateSequence(0f, 1f) * (2f / 15)) - Vector512<float>.One;

    /// <summary>Sixteen numbers evenly from <c>center - reach</c> to <c>center + reach</c>.</summary>
    internal static Vector512<float> Around(float center, float reach) => Vector512.Create(center) + (Fractions * reach);

    /// <summary>The lane of the least number, the first of several; -1 where there are NaNs alone.</summary>
    internal static int Least(Vector512<float> losses)
    {
        int best = -1;
        float least = float.PositiveInfinity;
        for (int lane = 0; lane < Vector512<float>.Count; lane++)
        {
            float loss = losses[lane];
            if (loss < least)
            {
                least = loss;
                best = lane;
            }
        }

        return best;
    }
}
