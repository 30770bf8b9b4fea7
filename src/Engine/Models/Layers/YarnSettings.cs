namespace Hearth.Engine.Models.Layers;

/// <summary>What a family may choose about YaRN (Peng et al. 2023). The factor and the original context are every family's.</summary>
/// <param name="BetaFast">Pairs that turn more often than this within the original context keep their frequency.</param>
/// <param name="BetaSlow">Pairs that turn less often than this are interpolated in full.</param>
/// <param name="LogMultiplier">What of the magnitude the family takes into the scale of attention instead; 0 for nothing.</param>
public sealed record YarnSettings(double BetaFast, double BetaSlow, double LogMultiplier)
{
    /// <summary>The paper's, which most families take whatever a file says.</summary>
    public static YarnSettings Standard { get; } = new(32, 1, 0);

    /// <summary>Reads <c>yarn_beta_fast</c>, <c>yarn_beta_slow</c> and <c>yarn_log_multiplier</c>, for families whose files set them.</summary>
    /// <exception cref="InvalidModelException">A number of turns is not above 0.</exception>
    public static YarnSettings Read(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new YarnSettings(
            loader.Parameters.Positive("rope.scaling.yarn_beta_fast", (float)Standard.BetaFast),
            loader.Parameters.Positive("rope.scaling.yarn_beta_slow", (float)Standard.BetaSlow),
            loader.Parameters.Float("rope.scaling.yarn_log_multiplier", 0));
    }
}
