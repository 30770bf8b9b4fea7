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
/// <param name="Groups">Groups of experts of which only the best serve a token; or null.</param>
public sealed record ExpertRouter(
    Linear Gate,
    int Chosen,
    RouterScore Score,
    bool Normalise,
    float Scale = 1,
    FloatVector? SelectionBias = null,
    ExpertGroups? Groups = null)
{
    private const int MaxExperts = 1 << 14;
    private const int MaxChosen = 64;

    // The smallest normal half: what the reference engine clamps the sum to.
    private const float SmallestSum = 6.103515625e-5f;

    /// <summary>Experts in all.</summary>
    public int Experts => Gate.Outputs;

    /// <summary>Loads <c>ffn_gate_inp</c> and <c>exp_probs_b</c> of a layer; the numbers of experts are the file's.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="score">How logits become scores.</param>
    /// <param name="normalise">Whether the chosen weights are divided by their sum.</param>
    /// <param name="scale">What the weights are multiplied by at last.</param>
    /// <exception cref="InvalidModelException">More experts are used than exist, or than a token can have.</exception>
    public static ExpertRouter Load(ModelLoader loader, string layer, int width, RouterScore score, bool normalise, float scale = 1)
    {
        (int experts, int chosen) = ReadCounts(loader);
        return new ExpertRouter(
            loader.Linear(layer + "ffn_gate_inp", experts, width),
            chosen,
            score,
            normalise,
            scale,
            loader.OptionalVector(layer + "exp_probs_b.bias", experts),
            ExpertGroups.Read(loader, experts, chosen));
    }

    /// <summary>Reads how many experts there are, and how many of them serve a token.</summary>
    /// <param name="loader">The model.</param>
    /// <exception cref="InvalidModelException">More experts are used than exist, or than a token can have.</exception>
    public static (int Experts, int Chosen) ReadCounts(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int experts = loader.Parameters.Int("expert_count", 1, MaxExperts);
        int chosen = loader.Parameters.Int("expert_used_count", 1, MaxChosen);
        return chosen <= experts
            ? (experts, chosen)
            : throw new InvalidModelException($"{loader.Name}: {chosen} of {experts} experts should be used for each token; the file is damaged.");
    }

    /// <summary>Reads <c>expert_gating_func</c>, which names a score by number.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="fallback">The family's score, for files without the key.</param>
    /// <exception cref="InvalidModelException">The number names none.</exception>
    public static RouterScore ReadScore(ModelLoader loader, RouterScore fallback = RouterScore.Softmax)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return loader.Parameters.Int("expert_gating_func", 0, 0, 3) switch
        {
            1 => RouterScore.Softmax,
            2 => RouterScore.Sigmoid,
            3 => RouterScore.SoftmaxOfChosen,
            _ => fallback,
        };
    }

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
    /// <param name="scores">The token's scores.</param>
    /// <param name="ranks">As long as the scores: room for what the experts are chosen by.</param>
    /// <param name="experts">Receives the chosen experts, ascending.</param>
    /// <param name="weights">Receives their weights.</param>
    public void Choose(ReadOnlySpan<float> scores, Span<float> ranks, Span<int> experts, Span<float> weights)
    {
        scores.CopyTo(ranks);
        if (SelectionBias != null)
            AddBias(ranks, SelectionBias.Values);
        Groups?.Exclude(ranks);
        for (int i = 0; i < Chosen; i++)
            experts[i] = Best(ranks, experts[..i]);
        experts[..Chosen].Sort();
        for (int i = 0; i < Chosen; i++)
            weights[i] = scores[experts[i]];
        Weigh(weights[..Chosen]);
    }

    private void Weigh(Span<float> weights)
    {
        if (Score == RouterScore.SoftmaxOfChosen)
            Softmax(weights);
        else if (Score == RouterScore.SigmoidOfChosen)
            Sigmoid(weights);
        float factor = Scale;
        if (Normalise)
        {
            float sum = 0;
            foreach (float weight in weights)
                sum += weight;
            factor /= MathF.Max(sum, SmallestSum);
        }

        foreach (ref float weight in weights)
            weight *= factor;
    }

    private static void AddBias(Span<float> ranks, ReadOnlySpan<float> bias)
    {
        for (int expert = 0; expert < ranks.Length; expert++)
            ranks[expert] += bias[expert];
    }

    private static int Best(ReadOnlySpan<float> ranks, ReadOnlySpan<int> taken)
    {
        int best = -1;
        float highest = float.NegativeInfinity;
        for (int expert = 0; expert < ranks.Length; expert++)
        {
            if ((best < 0 || ranks[expert] > highest) && !taken.Contains(expert))
            {
                best = expert;
                highest = ranks[expert];
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
        foreach (ref float value in values)
            value = (float)(PortableMath.Exp(value - highest) / sum);
    }

    private static void Sigmoid(Span<float> values)
    {
        foreach (ref float value in values)
            value = (float)(1 / (1 + PortableMath.Exp(-value)));
    }
}
