using FsCheck.Xunit;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Sparse;
using Hearth.Kernels.Tests.Isa;
using Hearth.Kernels.Tests.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Tests.Sparse;

public sealed unsafe class SignVotesTests
{
    [Property(MaxTest = 60)]
    public void Votes_and_choices_are_those_of_the_definition_on_every_rung(int seed)
    {
        var random = new Random(seed);
        int rows = random.Next(1, 300);
        int columns = random.Next(4) == 0 ? random.Next(1, 3000) : random.Next(1, 200);
        float[] weights = Values(random, rows * columns);
        float[] x = Values(random, columns);
        int[] expected = Definition(weights, x, rows, columns);
        int limit = SignVotes.Limit(columns, (random.NextDouble() * 6) - 3);
        foreach (var rung in RungCase.All)
        {
            int threads = random.Next(1, 4);
            using var plane = Plane(weights, rows, columns);
            Assert.Equal(expected, Votes(rung.Kernels, plane, x, threads));
            Assert.Equal(expected.Select(negative => negative <= limit), Chosen(rung.Kernels, plane, x, limit, threads));
        }
    }

    [Fact]
    public void Long_rows_do_not_overflow()
    {
        const int columns = 150_000;
        float[] weights = [.. Enumerable.Repeat(-1f, columns), .. Enumerable.Repeat(1f, columns)];
        foreach (var rung in RungCase.All)
        {
            using var plane = Plane(weights, 2, columns);
            Assert.Equal([0, columns], Votes(rung.Kernels, plane, [.. Enumerable.Repeat(-1f, columns)], 1));
            Assert.Equal([columns, 0], Votes(rung.Kernels, plane, [.. Enumerable.Repeat(1f, columns)], 1));
        }
    }

    /// <summary>The mean of a vote for a neuron that is zero for a share s of the tokens, and what is lost by it, are known for normal weights and inputs.</summary>
    [Theory]
    [InlineData(1024, 0.5, 0.5, 0.808, 0.114)]
    [InlineData(1024, 0.9, 1, 0.988, 0.050)]
    [InlineData(2048, 0.9, 0.5, 0.974, 0.160)]
    [InlineData(2048, 0.5, 1, 0.882, 0.038)]
    public void Precision_and_loss_are_those_of_normal_numbers(int columns, double zeros, double z, double precision, double lost)
    {
        const int neurons = 1500;
        var random = new Random(columns);
        float[] weights = [.. Enumerable.Range(0, neurons * columns).Select(_ => Normal(random))];
        using var plane = Plane(weights, neurons, columns);
        var kernels = KernelSet.Supported[^1];
        (long skipped, long right, long active, long missed) = (0, 0, 0, 0);
        for (int round = 0; round < 20; round++)
        {
            float[] x = [.. Enumerable.Range(0, columns).Select(_ => Normal(random))];
            double[] products = Products(weights, x, neurons);
            double bound = products.Order().ElementAt((int)(zeros * neurons));
            double power = Math.Sqrt(x.Sum(value => (double)value * value));
            // A bias that makes so many products negative moves the votes as far as it moves a product of normal numbers: by 2/pi.
            int limit = SignVotes.Limit(columns, z - (2 / Math.PI * bound / power));
            bool[] chosen = Chosen(kernels, plane, x, limit, 1);
            for (int i = 0; i < neurons; i++)
            {
                bool isActive = products[i] > bound;
                skipped += chosen[i] ? 0 : 1;
                right += chosen[i] || isActive ? 0 : 1;
                active += isActive ? 1 : 0;
                missed += isActive && !chosen[i] ? 1 : 0;
            }
        }

        Assert.InRange((double)right / skipped, precision - 0.01, precision + 0.01);
        Assert.InRange((double)missed / active, lost - 0.02, lost + 0.02);
    }

    [Fact]
    public void A_limit_of_infinity_chooses_everything_and_lower_ones_ever_less()
    {
        var random = new Random(5);
        float[] weights = Values(random, 100 * 77);
        float[] x = Values(random, 77);
        using var plane = Plane(weights, 100, 77);
        var kernels = KernelSet.Supported[^1];
        bool[] wider = Chosen(kernels, plane, x, SignVotes.Limit(77, double.PositiveInfinity), 1);
        Assert.DoesNotContain(false, wider);
        for (double z = 4; z > -4; z -= 0.5)
        {
            bool[] chosen = Chosen(kernels, plane, x, SignVotes.Limit(77, z), 1);
            Assert.True(chosen.Zip(wider).All(pair => !pair.First || pair.Second));
            wider = chosen;
        }

        Assert.DoesNotContain(true, Chosen(kernels, plane, x, SignVotes.Limit(77, double.NegativeInfinity), 1));
    }

    /// <summary>A column for each pair of signs; a zero takes the side of a lot, which looks the same from outside as either sign.</summary>
    private static int[] Definition(float[] weights, float[] x, int rows, int columns)
    {
        int[] votes = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                votes[row] += IsNegative(weights[(row * columns) + column], row + 1, column) != IsNegative(x[column], 0, column) ? 1 : 0;
        }

        return votes;
    }

    private static bool IsNegative(float value, int row, int column)
        => value < 0 || (value == 0 && ((SignPlane.Lot(row, column / 32) >> (column % 32)) & 1) != 0);

    private static double[] Products(float[] weights, float[] x, int rows)
        => [.. Enumerable.Range(0, rows).Select(row => x.Select((value, i) => (double)value * weights[(row * x.Length) + i]).Sum())];

    private static float Normal(Random random)
        => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static float[] Values(Random random, int count)
    {
        double zeros = random.Next(3) == 0 ? 0.2 : 0;
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < zeros ? (random.Next(2) == 0 ? 0f : -0f) : random.NextSingle() - 0.5f)];
    }

    private static SignPlane Plane(float[] weights, int rows, int columns)
    {
        var plane = new SignPlane(rows, columns);
        for (int row = 0; row < rows; row++)
            plane.PackRow(row, weights.AsSpan(row * columns, columns));
        return plane;
    }

    private static int[] Votes(KernelSet kernels, SignPlane plane, float[] x, int threads)
    {
        using var input = GuardedBuffer.Of<float>(x);
        using var scratch = new GuardedBuffer(SignVotes.ScratchBytes(plane));
        using var votes = new GuardedBuffer((plane.Rows + 15) / 16 * 16L * sizeof(int));
        SignVotes.Count(Pool(threads), kernels.Signs, plane, (float*)input.Pointer, (int*)votes.Pointer, scratch.Pointer);
        return new ReadOnlySpan<int>(votes.Pointer, plane.Rows).ToArray();
    }

    private static bool[] Chosen(KernelSet kernels, SignPlane plane, float[] x, int limit, int threads)
    {
        var pool = Pool(threads);
        using var cpu = new Cpu(kernels, pool, new Arena(1 << 22));
        var rows = cpu.Rent(1, x.Length);
        x.CopyTo(rows[0]);
        var sets = cpu.RentSets(1, plane.Rows);
        cpu.ChooseBySigns(rows, plane, limit, sets);
        bool[] chosen = [.. Enumerable.Range(0, plane.Rows).Select(row => sets.Has(0, row))];
        Assert.Equal(chosen.Count(isChosen => isChosen), cpu.CountOf(sets, 0));
        Assert.Equal(cpu.CountOf(sets, 0), cpu.List(sets, 0).Count);
        return chosen;
    }

    private static WorkerPool Pool(int threads) => Matmul.Products.Pool(threads);
}
