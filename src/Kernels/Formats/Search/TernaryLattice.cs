using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// All 3^8 vectors of -1, 0 and 1, and for each the entries of <see cref="Codebook.Iq1S"/> that lie nearest: a short list takes the place
/// of a search through 2048 entries.
/// </summary>
/// <remarks>
/// A vector is written as eight digits of two bits, <c>value + 1</c>, the first lowest. A list is ordered by distance, then by entry.
/// Where the vector is an entry itself, that is the first of its list and the best for any weights, since the loss is a sum over
/// coordinates.
/// </remarks>
internal static class TernaryLattice
{
    internal const int Dimension = 8;
    internal const int Points = 6561;

    private const int Neighbours = 16;

    /// <summary>The digits of the nearest entries of each point, a row of <see cref="Neighbours"/> a point.</summary>
    private static readonly ushort[] Lists = BuildLists();

    /// <summary>Of each entry's point the entry.</summary>
    private static readonly ushort[] Entries = BuildEntries();

    /// <summary>The powers of three: point numbers are read in base 3, the first value lowest.</summary>
    internal static ReadOnlySpan<int> Powers => [1, 3, 9, 27, 81, 243, 729, 2187];

    /// <summary>The entry with these digits.</summary>
    internal static int EntryOf(int digits)
    {
        int point = 0;
        for (int j = 0; j < Dimension; j++)
            point += ((digits >> (2 * j)) & 3) * Powers[j];
        return Entries[point];
    }

    /// <summary>Of the entries near a point, the digits of that with the least <c>Σ linear * q + square * q²</c>, and this sum.</summary>
    internal static (int Digits, float Loss) Nearest(int point, ReadOnlySpan<float> linear, ReadOnlySpan<float> square)
    {
        Vector256<ushort> list = Vector256.Create(Lists, point * Neighbours);
        (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(list);
        Vector512<int> digits = Vector512.Create(low, high).AsInt32();
        Vector512<float> loss = Vector512<float>.Zero;
        square = square[..linear.Length];
        for (int j = 0; j < linear.Length; j++)
        {
            Vector512<float> q = Vector512.ConvertToSingle((digits & Vector512.Create(3)) - Vector512<int>.One);
            Vector512<float> slope = Vector512.FusedMultiplyAdd(q, Vector512.Create(square[j]), Vector512.Create(linear[j]));
            loss = Vector512.FusedMultiplyAdd(q, slope, loss);
            digits >>>= 2;
        }

        int lane = Math.Max(Lanes.IndexOfLeast(loss), 0);
        return (list[lane], loss[lane]);
    }

    private static ushort[] BuildEntries()
    {
        var entries = new ushort[Points];
        for (int index = 0; index < Codebook.Iq1S.Count; index++)
        {
            int point = 0;
            for (int j = 0; j < Dimension; j++)
                point += (Codebook.Iq1S[index][j] + 1) * Powers[j];
            entries[point] = (ushort)index;
        }

        return entries;
    }

    private static ushort[] BuildLists()
    {
        int count = Codebook.Iq1S.Count;
        var digits = new ushort[count];
        for (int index = 0; index < count; index++)
        {
            for (int j = 0; j < Dimension; j++)
                digits[index] |= (ushort)((Codebook.Iq1S[index][j] + 1) << (2 * j));
        }

        var lists = new ushort[Points * Neighbours];
        var products = new float[count];
        var squares = new float[count];
        var distances = new byte[count];
        Span<float> point = stackalloc float[Dimension];
        Span<float> ones = stackalloc float[Dimension];
        ones.Fill(1);
        for (int p = 0; p < Points; p++)
        {
            for (int j = 0; j < Dimension; j++)
                point[j] = (p / Powers[j] % 3) - 1;
            Codebook.Iq1S.Correlate(point, ones, products, squares);
            float square = Sums.OfSquares(point);
            for (int index = 0; index < count; index++)
                distances[index] = (byte)(products[index] + squares[index] + square);

            Span<ushort> list = lists.AsSpan(p * Neighbours, Neighbours);
            for (int distance = 0, filled = 0; filled < Neighbours; distance++)
            {
                for (int start = 0; filled < Neighbours; start++)
                {
                    int next = distances.AsSpan(start).IndexOf((byte)distance);
                    if (next < 0)
                        break;
                    start += next;
                    list[filled++] = digits[start];
                }
            }
        }

        return lists;
    }
}
