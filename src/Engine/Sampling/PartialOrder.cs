using System.Numerics;

namespace Hearth.Engine.Sampling;

/// <summary>Finds the best few of many without sorting the rest.</summary>
internal static class PartialOrder
{
    /// <summary>
    /// Writes the keys (<see cref="RankKey.LargestFirst"/>, id = index) of the largest logits to <paramref name="best"/>, best first.
    /// Reads the logits once: a vector compare against the worst kept one skips nearly all, a heap takes the others.
    /// </summary>
    /// <param name="logits">[n] logits, no NaN, n at least the length of <paramref name="best"/>.</param>
    /// <param name="best">[k] keys to fill.</param>
    public static void Largest(ReadOnlySpan<float> logits, Span<ulong> best)
    {
        if (best.IsEmpty)
            return;

        for (int i = 0; i < best.Length; i++)
            best[i] = RankKey.LargestFirst(logits[i], i);
        for (int i = best.Length / 2 - 1; i >= 0; i--)
            SiftDown(best, i);

        // The root is the worst kept. A later equal logit has the larger index and loses, so the bound is the next float above.
        int next = best.Length;
        while ((next = IndexOfAtLeast(logits, next, float.BitIncrement(RankKey.Logit(best[0])))) >= 0)
        {
            best[0] = RankKey.LargestFirst(logits[next], next);
            SiftDown(best, 0);
            next++;
        }

        best.Sort();
    }

    /// <summary>The first index from <paramref name="start"/> on whose value is at least <paramref name="bound"/>, or -1.</summary>
    public static int IndexOfAtLeast(ReadOnlySpan<float> values, int start, float bound)
    {
        var bounds = new Vector<float>(bound);
        int width = Vector<float>.Count;
        int i = start;
        for (; i <= values.Length - 4 * width; i += 4 * width)
        {
            ReadOnlySpan<float> block = values.Slice(i, 4 * width);
            Vector<int> hits = Vector.GreaterThanOrEqual(new Vector<float>(block), bounds)
                | Vector.GreaterThanOrEqual(new Vector<float>(block[width..]), bounds)
                | Vector.GreaterThanOrEqual(new Vector<float>(block[(2 * width)..]), bounds)
                | Vector.GreaterThanOrEqual(new Vector<float>(block[(3 * width)..]), bounds);
            if (hits != Vector<int>.Zero)
                break;
        }

        for (; i < values.Length; i++)
        {
            if (values[i] >= bound)
                return i;
        }

        return -1;
    }

    /// <summary>
    /// Moves the <paramref name="count"/> smallest keys to the front, in order (quickselect, then a sort of the front).
    /// </summary>
    public static void SmallestFirst(Span<ulong> keys, int count)
    {
        Span<ulong> rest = keys;
        int wanted = count;
        while (wanted > 0 && wanted < rest.Length)
        {
            int split = Partition(rest);
            if (wanted <= split)
            {
                rest = rest[..split];
            }
            else
            {
                rest = rest[split..];
                wanted -= split;
            }
        }

        keys[..count].Sort();
    }

    // Hoare's partition around a median of three: all of [0, split) <= all of [split, n), both sides non-empty (n >= 2).
    private static int Partition(Span<ulong> keys)
    {
        ulong a = keys[0];
        ulong b = keys[(keys.Length - 1) / 2];
        ulong c = keys[^1];
        ulong pivot = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
        int low = -1;
        int high = keys.Length;
        while (true)
        {
            do
            {
                low++;
            }
            while (keys[low] < pivot);
            do
            {
                high--;
            }
            while (keys[high] > pivot);
            if (low >= high)
                return high + 1;
            (keys[low], keys[high]) = (keys[high], keys[low]);
        }
    }

    // Restores the heap below i: every parent is worse (larger) than its children.
    private static void SiftDown(Span<ulong> heap, int i)
    {
        ulong key = heap[i];
        while (true)
        {
            int child = 2 * i + 1;
            if (child >= heap.Length)
                break;
            if (child + 1 < heap.Length && heap[child + 1] > heap[child])
                child++;
            if (heap[child] <= key)
                break;
            heap[i] = heap[child];
            i = child;
        }

        heap[i] = key;
    }
}
