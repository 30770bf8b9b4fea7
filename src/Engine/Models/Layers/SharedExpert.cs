using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>A mixture of experts and one expert that serves every token, added with or without a gate of its own.</summary>
/// <param name="Mixture">The routed experts.</param>
/// <param name="Shared">The expert of all tokens.</param>
/// <param name="Gate">[1, width]: the shared expert is multiplied by its sigmoid; null for no gate.</param>
public sealed record SharedExpert(ISublayer Mixture, ISublayer Shared, Linear? Gate) : ISublayer
{
    /// <summary>Loads routed experts and one behind a sigmoid gate, <c>ffn_gate_inp_shexp</c>, as the Qwen families have them.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="normalise">Whether the weights of the routed experts are divided by their sum.</param>
    /// <exception cref="InvalidModelException">A tensor or a number is missing.</exception>
    public static SharedExpert LoadGated(ModelLoader loader, string layer, int width, bool normalise)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int inner = loader.Parameters.ExpertLength;
        int sharedInner = loader.Parameters.Int("expert_shared_feed_forward_length", 0, 0, 1 << 20);
        if (sharedInner == 0)
            sharedInner = loader.Parameters.Int("feed_forward_length");
        return new SharedExpert(
            MixtureOfExperts.Load(loader, layer, width, inner, Activation.Silu, RouterScore.Softmax, normalise),
            GatedFeedForward.Load(loader, layer, width, sharedInner, Activation.Silu, "_shexp"),
            loader.Linear(layer + "ffn_gate_inp_shexp", 1, width));
    }

    /// <summary>Loads routed experts and one that is added as it is.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="sharedInner">Neurons of the expert of all tokens.</param>
    /// <param name="score">How router logits become scores.</param>
    /// <param name="normalise">Whether the weights of the routed experts are divided by their sum.</param>
    /// <param name="scale">What those weights are multiplied by at last.</param>
    /// <exception cref="InvalidModelException">A tensor or a number is missing.</exception>
    public static SharedExpert LoadUngated(
        ModelLoader loader, string layer, int width, int sharedInner, RouterScore score, bool normalise, float scale = 1)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var router = ExpertRouter.Load(loader, layer, width, score, normalise, scale);
        return new SharedExpert(
            MixtureOfExperts.Load(loader, layer, width, loader.Parameters.ExpertLength, new GatedUnit(Activation.Silu), router),
            GatedFeedForward.Load(loader, layer, width, sharedInner, Activation.Silu, "_shexp"),
            null);
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = Mixture.Apply(pass, x);
        using var scope = pass.Cpu.Scope();
        var shared = Shared.Apply(pass, x);
        if (Gate != null)
        {
            var gate = Gate.Apply(pass, x);
            pass.Cpu.Activate(Activation.Sigmoid, gate);
            pass.Cpu.ScaleRows(shared, gate);
        }

        pass.Cpu.Add(shared, y);
        return y;
    }
}
