using FsCheck;
using FsCheck.Fluent;

namespace Hearth.Engine.Tests.Sampling;

/// <summary>
/// Logits as properties want them: 1 to 600 of them, coarse enough for ties, some minus infinity, at least one finite.
/// </summary>
public sealed record LogitVector(float[] Values)
{
    public IEnumerable<int> BestFirst => Enumerable.Range(0, Values.Length).OrderByDescending(i => Values[i]).ThenBy(i => i);

    public double[] Probabilities
    {
        get
        {
            double max = Values.Max();
            double[] e = [.. Values.Select(logit => Math.Exp(logit - max))];
            double sum = e.Sum();
            return [.. e.Select(value => value / sum)];
        }
    }

    public override string ToString() => string.Join(' ', Values);

    public static class Arbitraries
    {
        public static Arbitrary<LogitVector> LogitVectors()
        {
            Gen<float> logit = Gen.Frequency(
                (9, Gen.Choose(-40, 40).Select(step => step * 0.25f)),
                (1, Gen.Constant(float.NegativeInfinity)));
            Gen<LogitVector> vectors =
                from length in Gen.Frequency((3, Gen.Choose(1, 40)), (1, Gen.Choose(250, 600)))
                from values in Gen.ArrayOf(logit, length)
                from sure in Gen.Choose(0, length - 1)
                select new LogitVector([.. values.Select((value, i) => i == sure && float.IsInfinity(value) ? 0 : value)]);
            return vectors.ToArbitrary();
        }
    }
}
