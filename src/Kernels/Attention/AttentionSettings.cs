using Hearth.Kernels.Compute;

namespace Hearth.Kernels.Attention;

/// <summary>What a layer's attention does, the same for all tokens.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="Scale">Factor of q.k.</param>
/// <param name="Causal">Whether a token sees only positions up to its own.</param>
/// <param name="Window">How many positions back a token sees, its own included, and as many ahead where it is not causal; 0 for all.</param>
/// <param name="Chunk">If above 0, positions are cut into chunks of this length, and a token sees only those of its own.</param>
/// <param name="SoftCap">If above 0, scores become cap * tanh(score / cap).</param>
/// <param name="AlibiSlopes">Slope per query head, or null.</param>
/// <param name="Sinks">One more logit per query head in the denominator, or null.</param>
public sealed record AttentionSettings(
    int Heads,
    float Scale,
    bool Causal = true,
    int Window = 0,
    int Chunk = 0,
    float SoftCap = 0,
    FloatVector? AlibiSlopes = null,
    FloatVector? Sinks = null);
