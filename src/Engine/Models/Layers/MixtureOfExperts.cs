using Hearth.Engine.Models.Experts;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// A sparse mixture of gated feed-forwards (Shazeer et al. 2017): each token goes to a few experts. Tokens of a pass are grouped by
/// expert, so that an expert's weights are read once; each token adds its experts in ascending order, so that its result does not
/// depend on its company.
/// </summary>
/// <param name="Router">Chooses experts.</param>
/// <param name="Experts">The experts.</param>
/// <param name="Weighting">On which side of an expert a token's weight stands.</param>
public sealed record MixtureOfExperts(ExpertRouter Router, IExperts Experts, IExpertWeighting Weighting) : ISublayer
{
    // As many as most families give to a token.
    private const int ExpectedExperts = 8;

    /// <summary>Loads the router and the gated experts of a layer, as many as the file says.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="inner">Neurons of an expert.</param>
    /// <param name="activation">The function of the gates.</param>
    /// <param name="score">How router logits become scores.</param>
    /// <param name="normalise">Whether the chosen weights are divided by their sum.</param>
    /// <exception cref="InvalidModelException">More experts are used than exist, or than a token can have.</exception>
    public static MixtureOfExperts Load(
        ModelLoader loader,
        string layer,
        int width,
        int inner,
        Activation activation,
        RouterScore score,
        bool normalise)
        => Load(loader, layer, width, inner, new GatedUnit(activation), ExpertRouter.Load(loader, layer, width, score, normalise));

    /// <summary>Loads the gated experts of a layer for a router.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="inner">Neurons of an expert.</param>
    /// <param name="unit">How an expert joins gate and up.</param>
    /// <param name="router">Chooses among the experts.</param>
    /// <exception cref="InvalidModelException">A tensor is missing, or of the wrong shape.</exception>
    public static MixtureOfExperts Load(ModelLoader loader, string layer, int width, int inner, IGatedUnit unit, ExpertRouter router)
    {
        ArgumentNullException.ThrowIfNull(router);
        var experts = GatedFeedForward.LoadExperts(loader, layer, router.Experts, width, inner, unit);
        return new MixtureOfExperts(router, experts, new WeightedOutputs());
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, x.Width);
        using var scope = pass.Cpu.Scope();
        AddExperts(pass, Router.Scores(pass, x), x, y);
        return y;
    }

    /// <summary>The mixture for scores that were computed before, of other rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="scores">[n, experts], from <see cref="ExpertRouter.Scores"/>.</param>
    /// <param name="x">[n, width].</param>
    /// <returns>[n, width].</returns>
    public Rows Apply(ForwardPass pass, Rows scores, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, x.Width);
        AddExperts(pass, scores, x, y);
        return y;
    }

    private void AddExperts(ForwardPass pass, Rows scores, Rows x, Rows sums)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        Cpu.Clear(sums);
        int chosen = Router.Chosen;
        var ranks = cpu.Rent<float>(Router.Experts);
        var experts = cpu.Rent<int>(x.Count * chosen);
        var weights = cpu.Rent<float>(x.Count * chosen);
        var counts = cpu.Rent<int>(Router.Experts);
        var members = cpu.Rent<int>(x.Count);
        var memberWeights = cpu.Rent<float>(x.Count);
        if (cpu.IsMeasuring)
        {
            Compute(pass, 0, x, sums, x.Count, members, memberWeights);
            return;
        }

        for (int row = 0; row < x.Count; row++)
            Router.Choose(scores[row], ranks, experts.Slice(row * chosen, chosen), weights.Slice(row * chosen, chosen));
        counts.Clear();
        foreach (int expert in experts)
            counts[expert]++;

        // Experts that are read from a disk should be on their way while others compute; but only some, for the disk's order is ours too.
        int expected = 0;
        int ahead = 0;
        for (int expert = 0; expert < Router.Experts; expert++)
        {
            if (counts[expert] == 0)
                continue;
            for (; ahead < ExpectedExperts && expected < Router.Experts; expected++)
            {
                if (counts[expected] > 0)
                {
                    Experts.Expect(expected);
                    ahead++;
                }
            }

            ahead--;
            int count = 0;
            for (int i = 0; count < counts[expert]; i++)
            {
                if (experts[i] == expert)
                {
                    members[count] = i / chosen;
                    memberWeights[count++] = weights[i];
                }
            }

            Compute(pass, expert, x, sums, count, members, memberWeights);
        }
    }

    /// <summary>Adds an expert's outputs to the first <paramref name="count"/> members.</summary>
    private void Compute(ForwardPass pass, int expert, Rows x, Rows sums, int count, Span<int> members, Span<float> weights)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var inputs = cpu.Rent(count, x.Width);
        Weighting.Gather(cpu, x, members, weights, inputs);
        Weighting.Scatter(cpu, Experts.Apply(pass, expert, inputs), members, weights, sums);
    }
}
