namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>What a tensor is for; types and weights are chosen by it.</summary>
internal enum TensorRole
{
    /// <summary>A row per token.</summary>
    Embedding,

    /// <summary>The norm before attention.</summary>
    AttentionNorm,

    /// <summary>Queries.</summary>
    AttentionQuery,

    /// <summary>Keys.</summary>
    AttentionKey,

    /// <summary>Values.</summary>
    AttentionValue,

    /// <summary>From the heads back to the residual stream.</summary>
    AttentionOutput,

    /// <summary>The norm before the feed-forward block.</summary>
    FeedForwardNorm,

    /// <summary>A row per expert, which scores it.</summary>
    Router,

    /// <summary>The matrix under the activation.</summary>
    Gate,

    /// <summary>The matrix beside the activation.</summary>
    Up,

    /// <summary>From the neurons back to the residual stream.</summary>
    Down,

    /// <summary>Divisors of the rotary frequencies.</summary>
    RopeFrequencies,

    /// <summary>The norm before the output.</summary>
    OutputNorm,

    /// <summary>A row of logit weights per token.</summary>
    Output,
}
