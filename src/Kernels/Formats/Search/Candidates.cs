using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>Sixteen candidates of a search, one a vector lane.</summary>
internal static class Candidates
{
    /// <summary>The lane of the obvious candidate.</summary>
    internal const int Center = 7;

    private static readonly Vector512<float> Fractions = (Vector512.CreateSequence(0f, 1f) - Vector512.Create(7f)) * 0.125f;

    /// <summary>Sixteen numbers evenly up to <c>center + reach</c> and nearly as far down, <c>center</c> itself among them.</summary>
    internal static Vector512<float> Around(float center, float reach) => Vector512.Create(center) + (Fractions * reach);

    /// <summary>As <see cref="Around"/>, but closer together near the center.</summary>
    internal static Vector512<float> CloseAround(float center, float reach)
        => Vector512.Create(center) + (Fractions * (Vector512.Abs(Fractions) + Vector512<float>.One) * (0.5f * reach));

    /// <summary>
    /// Eight numbers evenly from <c>first</c> to <c>first + reach</c> and eight from <c>second</c> to <c>second - reach</c>.
    /// </summary>
    internal static Vector512<float> From(float first, float second, float reach)
    {
        Vector256<float> fractions = Vector256.CreateSequence(0f, 1 / 7f) * reach;
        return Vector512.Create(Vector256.Create(first) + fractions, Vector256.Create(second) - fractions);
    }
}
