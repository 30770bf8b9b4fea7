using System.Numerics;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>From the lanes of a vector to one number, always in the same order.</summary>
internal static class Lanes
{
    /// <summary>The sum: 0 + 4, 1 + 5, 2 + 6, 3 + 7, and again by halves.</summary>
    internal static float Sum(Vector256<float> lanes)
    {
        Vector128<float> halves = lanes.GetLower() + lanes.GetUpper();
        return (halves[0] + halves[2]) + (halves[1] + halves[3]);
    }

    /// <summary>The greatest of eight numbers, none of them NaN.</summary>
    internal static float Greatest(Vector256<float> lanes) => -Least(-lanes);

    /// <summary>The least of eight numbers, none of them NaN.</summary>
    internal static float Least(Vector256<float> lanes)
    {
        Vector128<float> halves = Vector128.MinNative(lanes.GetLower(), lanes.GetUpper());
        return float.MinNative(float.MinNative(halves[0], halves[2]), float.MinNative(halves[1], halves[3]));
    }

    /// <summary>The lane of the least number, the first of several; -1 where there are NaNs and infinities alone.</summary>
    internal static int IndexOfLeast(Vector512<float> lanes)
    {
        Vector512<float> numbers = Vector512.ConditionalSelect(Vector512.IsFinite(lanes), lanes, Vector512.Create(float.PositiveInfinity));
        float least = Least(Vector256.MinNative(numbers.GetLower(), numbers.GetUpper()));
        ulong equal = Vector512.Equals(numbers, Vector512.Create(least)).ExtractMostSignificantBits();
        return float.IsFinite(least) ? BitOperations.TrailingZeroCount(equal) : -1;
    }

    /// <summary>
    /// The lane nearest to a preferred one among those that are least but for a part of them; -1 where there are NaNs and infinities
    /// alone.
    /// </summary>
    internal static int IndexOfLeast(Vector512<float> lanes, float part, int preferred)
    {
        int lane = IndexOfLeast(lanes);
        if (lane < 0)
            return lane;
        float highest = lanes[lane] + (MathF.Abs(lanes[lane]) * part);
        uint good = (uint)Vector512.LessThanOrEqual(lanes, Vector512.Create(highest)).ExtractMostSignificantBits();
        int above = BitOperations.TrailingZeroCount(good >> preferred << preferred);
        int below = 31 - BitOperations.LeadingZeroCount(good & ((1u << preferred) - 1));
        return below < 0 || (above < Vector512<float>.Count && above - preferred <= preferred - below) ? above : below;
    }

    /// <summary>Of the indices whose lanes hold the least number, the least; 0 where there are NaNs and infinities alone.</summary>
    internal static int IndexOfLeast(Vector512<float> lanes, Vector512<int> indices)
    {
        int lane = IndexOfLeast(lanes);
        if (lane < 0)
            return 0;
        Vector512<int> isLeast = Vector512.Equals(lanes, Vector512.Create(lanes[lane])).AsInt32();
        Vector512<int> least = Vector512.ConditionalSelect(isLeast, indices, Vector512.Create(int.MaxValue));
        int index = int.MaxValue;
        for (int i = 0; i < Vector512<int>.Count; i++)
            index = Math.Min(index, least[i]);
        return index;
    }
}
