using System.Runtime.Intrinsics;
using FsCheck.Xunit;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Tests.Formats.Search;

public sealed class CodebookTests
{
    private static readonly Codebook[] Books =
        [Codebook.Iq2Xxs, Codebook.Iq2Xs, Codebook.Iq2S, Codebook.Iq3Xxs, Codebook.Iq3S, Codebook.Iq1S];

    [Property]
    public void The_nearest_entry_is_that_of_a_search_in_double_precision(int seed, byte step)
    {
        float[] x = [.. Samples.Gaussian(seed, 8).Select(MathF.Abs)];
        float[] w = [.. Samples.Gaussian(seed + 1, 8).Select(value => 0.1f + MathF.Abs(value))];
        float scale = 0.0001f * (1 + step);
        foreach (Codebook book in Books)
        {
            var products = new float[book.Count];
            var squares = new float[book.Count];
            book.Correlate(x.AsSpan(0, book.Dimension), w.AsSpan(0, book.Dimension), products, squares);

            int nearest = Codebook.Nearest(products, squares, scale);

            double[] losses = [.. Enumerable.Range(0, book.Count).Select(index => Loss(book, index, x, w, scale))];
            double shared = Enumerable.Range(0, book.Dimension).Sum(j => w[j] * (double)x[j] * x[j]);
            Assert.True(losses[nearest] <= losses.Min() + (1e-6 * (shared + losses.Min())));
            float least = Codebook.LeastLosses(products, squares, Vector512.Create(scale))[seed & 15];
            Assert.Equal(losses.Min() - shared, least, 1e-6 * (shared + losses.Min()));
        }
    }

    [Fact]
    public void Entries_are_all_different()
    {
        foreach (Codebook book in Books)
        {
            var entries = new HashSet<string>();
            for (int index = 0; index < book.Count; index++)
                Assert.True(entries.Add(string.Join(' ', book[index].ToArray())));
        }
    }

    private static double Loss(Codebook book, int index, float[] x, float[] w, float scale)
    {
        double loss = 0;
        for (int j = 0; j < book.Dimension; j++)
            loss += w[j] * Math.Pow(x[j] - ((double)scale * book[index][j]), 2);
        return loss;
    }
}
