using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// A sparse mixture of gated feed-forwards (Shazeer et al. 2017): each token goes to a few experts. Tokens of a pass are grouped by
/// expert, so that an expert's weights are read once; each token adds its experts in ascending order, so that its result does not
/// depend on its company.
/// </summary>
/// <param name="Router">Chooses experts.</param>
/// <param name="Experts">Their matrices.</param>
/// <param name="Activation">Silu in most families.</param>
public sealed record MixtureOfExperts(ExpertRouter Router, ExpertMatrices Experts, Activation Activation) : ISublayer
{
    private const int MaxExperts = 1 << 14;
    private const int MaxChosen = 64;

    /// <summary>Loads the router and the experts of a layer, as many as the file says.</summary>
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
    {
        ArgumentNullException.ThrowIfNull(loader);
        int experts = loader.Parameters.Int("expert_count", 1, MaxExperts);
        int chosen = loader.Parameters.Int("expert_used_count", 1, MaxChosen);
        if (chosen > experts)
            throw new InvalidModelException($"{loader.Name}: {chosen} of {experts} experts should be used for each token; the file is damaged.");
        float scale = loader.Parameters.Float("expert_weights_scale", 1);
        var router = new ExpertRouter(
            loader.Linear(layer + "ffn_gate_inp", experts, width),
            chosen,
            score,
            normalise,
            scale == 0 ? 1 : scale,
            loader.OptionalVector(layer + "exp_probs_b.bias", experts));
        return new MixtureOfExperts(router, ExpertMatrices.Load(loader, layer, experts, width, inner), activation);
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var sums = cpu.Rent(x.Count, Experts.Down[0].Rows);
        Cpu.Clear(sums);
        AddExperts(pass, x, sums);
        return sums;
    }

    private void AddExperts(ForwardPass pass, Rows x, Rows sums)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var scores = Router.Scores(pass, x);
        int chosen = Router.Chosen;
        var experts = cpu.Rent<int>(x.Count * chosen);
        var weights = cpu.Rent<float>(x.Count * chosen);
        var members = cpu.Rent<int>(x.Count);
        var memberWeights = cpu.Rent<float>(x.Count);
        if (cpu.IsMeasuring)
        {
            Compute(pass, 0, x, sums, x.Count, members, memberWeights);
            return;
        }

        for (int row = 0; row < x.Count; row++)
            Router.Choose(scores[row], experts.Slice(row * chosen, chosen), weights.Slice(row * chosen, chosen));
        for (int expert = 0; expert < Router.Experts; expert++)
        {
            int count = 0;
            for (int i = 0; i < experts.Length; i++)
            {
                if (experts[i] == expert)
                {
                    members[count] = i / chosen;
                    memberWeights[count++] = weights[i];
                }
            }

            if (count > 0)
                Compute(pass, expert, x, sums, count, members, memberWeights);
        }
    }

    /// <summary>sums[member] += weight * expert(x[member]) for the first <paramref name="count"/> members.</summary>
    private void Compute(ForwardPass pass, int expert, Rows x, Rows sums, int count, Span<int> members, Span<float> weights)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var inputs = cpu.Rent(count, x.Width);
        var gate = cpu.Rent(count, Experts.Gate[expert].Rows);
        var up = cpu.Rent(count, Experts.Up[expert].Rows);
        var outputs = cpu.Rent(count, sums.Width);
        cpu.Gather(x, members, inputs);
        using (cpu.Scope())
        {
            var input = Cpu.Prepare(inputs);
            cpu.Multiply(ref input, Experts.Gate[expert], gate, Experts.Up[expert], up);
        }

        cpu.Gate(Activation, gate, up, gate);
        using (cpu.Scope())
        {
            var input = Cpu.Prepare(gate);
            cpu.Multiply(ref input, Experts.Down[expert], outputs);
        }

        cpu.ScatterAdd(outputs, members, weights, sums);
    }
}
