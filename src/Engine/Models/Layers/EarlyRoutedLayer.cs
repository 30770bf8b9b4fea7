using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// Attention, then a mixture of experts whose router has read the layer's input, so that experts are known while attention is still
/// computed (SmallThinker 2025).
/// </summary>
/// <param name="Attention">The attention branch.</param>
/// <param name="ExpertNorm">Norm of the experts' input.</param>
/// <param name="Experts">The experts and their router.</param>
public sealed record EarlyRoutedLayer(Branch Attention, INorm ExpertNorm, MixtureOfExperts Experts) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Attention.Body.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = pass.Cpu.Scope();
        var scores = Experts.Router.Scores(pass, x);
        Attention.AddTo(pass, x);
        pass.Cpu.Add(Experts.Apply(pass, scores, ExpertNorm.Apply(pass, x)), x);
        return x;
    }
}
