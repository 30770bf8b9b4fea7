using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>A few numbers in ascending order; codes count them from zero.</summary>
internal readonly struct TableCodes : ICodes
{
    private readonly float[] numbers;
    private readonly float[] middles;

    /// <param name="numbers">The numbers, ascending.</param>
    /// <param name="targets">See <see cref="Targets"/>.</param>
    internal TableCodes(float[] numbers, Vector512<float> targets)
    {
        this.numbers = numbers;
        middles = [.. numbers.Zip(numbers.Skip(1), (a, b) => 0.5f * (a + b))];
        Targets = targets;
    }

    /// <inheritdoc/>
    public Vector512<float> Targets { get; }

    /// <summary>One: the few targets lie far from each other.</summary>
    public static int Turns => 1;

    /// <inheritdoc/>
    public Vector512<float> Nearest(Vector512<float> x)
    {
        Vector512<float> nearest = Vector512.Create(numbers[0]);
        for (int k = 0; k < middles.Length; k++)
        {
            Vector512<float> step = Vector512.Create(numbers[k + 1] - numbers[k]);
            nearest += Vector512.GreaterThan(x, Vector512.Create(middles[k])) & step;
        }

        return nearest;
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> x, float inverse, Span<byte> q)
    {
        for (int i = 0; i < x.Length; i += Vector512<float>.Count)
        {
            Vector512<float> scaled = Vector512.Create(x[i..]) * inverse;
            Vector512<int> code = Vector512<int>.Zero;
            foreach (float middle in middles)
                code -= Vector512.GreaterThan(scaled, Vector512.Create(middle)).AsInt32();
            Rounding.Narrow(code.GetLower(), code.GetUpper()).CopyTo(q[i..]);
        }
    }
}
