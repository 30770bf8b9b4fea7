using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>Chooses a token's experts and their weights: score, take the best, normalise if the family does, scale.</summary>
/// <param name="Gate">[experts, width], in float.</param>
/// <param name="Chosen">Experts of a token.</param>
/// <param name="Score">How logits become scores.</param>
/// <param name="Normalise">Whether the chosen weights are divided by their sum.</param>
/// <param name="Scale">Factor of the weights.</param>
/// <param name="SelectionBias">[experts], added to the scores to choose but never to weigh; or null.</param>
public sealed record ExpertRouter(
    Linear Gate,
    int Chosen,
    RouterScore Score,
    bool Normalise,
    float Scale = 1,
    FloatVector? SelectionBias = null)
{
    // The smallest normal half: what the reference engine clamps the sum to.
    private const float SmallestSum = 6.103515625e-5f;

    /// <summary>Experts in all.</summary>
    public int Experts => Gate.Outputs;

    /// <summary>Scores of every token: [n, experts].</summary>
    public Rows Scores(ForwardPass pass, Rows x)
    {
        var scores = Gate.Apply(pass, x);
        switch (Score)
        {
            case RouterScore.Softmax:
                pass.Cpu.Softmax(scores);
                break;
            case RouterScore.Sigmoid:
                pass.Cpu.Activate(Activation.Sigmoid, scores);
                break;
            default:
                break;
        }

        return scores;
    }

    /// <summary>Chooses one token's experts.</summary>
    /// <param name="scores">The token's scores; the chosen ones are taken out.</param>
    /// <param name="experts">Receives the chosen experts, ascending.</param>
    /// <param name="weights">Receives their weights.</param>
    public void Choose(ReadOnlySpan<float> scores, Span<int> experts, Span<float> weights)
    {
        var bias = SelectionBias == null ? default : SelectionBias.Values;
        for (int i = 0; i < Chosen; i++)
            experts[i] = Best(scores, bias, experts[..i]);
        experts[..Chosen].Sort();
        for (int i = 0; i < Chosen; i++)
            weights[i] = scores[experts[i]];
        if (Score == RouterScore.SoftmaxOfChosen)
            Softmax(weights[..Chosen]);
        float factor = Scale;
        if (Normalise)
        {
            float sum = 0;
            for (int i = 0; i < Chosen; i++)
                sum += weights[i];
            factor /= MathF.Max(sum, SmallestSum);
        }

        for (int i = 0; i < Chosen; i++)
            weights[i] *= factor;
    }

    private static int Best(ReadOnlySpan<float> scores, ReadOnlySpan<float> bias, ReadOnlySpan<int> taken)
    {
        int best = -1;
        float highest = float.NegativeInfinity;
        for (int expert = 0; expert < scores.Length; expert++)
        {
            float score = scores[expert] + (bias.IsEmpty ? 0 : bias[expert]);
            if ((best < 0 || score > highest) && !taken.Contains(expert))
            {
                best = expert;
                highest = score;
            }
        }

        return best;
    }

    private static void Softmax(Span<float> values)
    {
        float highest = values[0];
        foreach (float value in values)
            highest = MathF.Max(highest, value);
        double sum = 0;
        foreach (float value in values)
            sum += PortableMath.Exp(value - highest);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(PortableMath.Exp(values[i] - highest) / sum);
    }
}
