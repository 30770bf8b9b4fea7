using Hearth.Kernels.Attention;
using Hearth.Kernels.Tests.Elementwise;

namespace Hearth.Kernels.Tests.Attention;

/// <summary>The formula in double precision, and how far single precision may be from it.</summary>
internal static class AttentionReference
{
    private const double Epsilon = ElementwiseAssert.Ulp / 2;

    public static void Check(AttentionCase test, FloatRow output)
    {
        for (int token = 0; token < test.Tokens; token++)
        {
            for (int head = 0; head < test.Task.Heads; head++)
                CheckHead(test, output, token, head);
        }
    }

    private static void CheckHead(AttentionCase test, FloatRow output, int token, int head)
    {
        var task = test.Task;
        int kvHead = head / (task.Heads / task.KvHeads);
        var scores = new double[test.Tokens];
        double scoreError = 0;
        for (int position = 0; position < test.Tokens; position++)
        {
            scores[position] = Sees(test, token, position)
                ? Score(test, token, head, kvHead, position, ref scoreError)
                : double.NegativeInfinity;
        }

        double max = Math.Max(scores.Max(), test.Sink(head));
        double sum = scores.Sum(score => Math.Exp(score - max)) + Math.Exp(test.Sink(head) - max);
        int seen = scores.Count(double.IsFinite);
        for (int dimension = 0; dimension < task.Shape.ValueLength; dimension++)
        {
            double expected = 0;
            double magnitude = 0;
            for (int position = 0; position < test.Tokens; position++)
            {
                double weight = seen == 0 ? 0 : Math.Exp(scores[position] - max) / sum;
                expected += weight * test.Value(position, kvHead, dimension);
                magnitude += weight * Math.Abs(test.Value(position, kvHead, dimension));
            }

            // A score that is off by e changes its weight by the factor exp(e); numerator and denominator each add up `seen` rounded terms.
            double tolerance = magnitude * (Math.Exp(2 * scoreError) - 1 + (((2 * seen) + 16) * Epsilon));
            float actual = output.Values[(token * test.OutputWidth) + (head * task.Shape.ValueLength) + dimension];
            ElementwiseAssert.Close(expected, actual, tolerance + 1e-37, $"token {token}, head {head}, dimension {dimension}");
        }
    }

    private static bool Sees(AttentionCase test, int token, int position)
    {
        var task = test.Task;
        return (!task.Causal || position <= token)
            && (task.Window == 0 || (position > token - task.Window && (task.Causal || position < (long)token + task.Window)))
            && (task.Chunk == 0 || position >= token / task.Chunk * task.Chunk);
    }

    private static double Score(AttentionCase test, int token, int head, int kvHead, int position, ref double largestError)
    {
        var task = test.Task;
        double score = 0;
        double magnitude = 0;
        double keyMagnitude = 0;
        double largestQuery = 0;
        for (int dimension = 0; dimension < task.Shape.KeyLength; dimension++)
        {
            keyMagnitude += Math.Abs(test.Key(position, kvHead, dimension));
            largestQuery = Math.Max(largestQuery, Math.Abs(test.Query(token, head, dimension)));
            double term = test.Query(token, head, dimension) * test.Key(position, kvHead, dimension);
            score += term;
            magnitude += Math.Abs(term);
        }

        score *= task.Scale;
        double error = Math.Abs(task.Scale) * magnitude * (task.Shape.KeyLength + 1) * Epsilon;

        // Quantised keys meet queries rounded to steps of a 127th of the largest, at worst half a step off in every dimension.
        if (task.Shape.KeyType is KvType.Q8_0 or KvType.Q4_0)
            error += Math.Abs(task.Scale) * keyMagnitude * largestQuery / 254;
        if (task.SoftCap > 0)
        {
            score = task.SoftCap * Math.Tanh(score / task.SoftCap);
            error += 8 * Math.Abs(score) * Epsilon;
        }

        double bias = test.Slope(head) * Math.Abs(token - position);
        largestError = Math.Max(largestError, error + ((Math.Abs(score) + (2 * Math.Abs(bias)) + 90) * Epsilon));
        return score - bias;
    }
}
