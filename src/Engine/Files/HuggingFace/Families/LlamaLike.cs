namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>What the descendants of Llama have in common.</summary>
internal static class LlamaLike
{
    public static IReadOnlyList<string> Prefixes { get; } = ["model.", "", "language_model.model.", "model.language_model."];

    public static IReadOnlyList<KeyRule> Keys { get; } =
    [
        .. CommonKeys.Rotary,
        KeyRule.Int("feed_forward_length", "intermediate_size"),
        KeyRule.Number("attention.layer_norm_rms_epsilon", "rms_norm_eps"),
    ];

    public static IReadOnlyList<TensorRule> Ends { get; } =
    [
        new("token_embd", "embed_tokens"),
        new("output", "/lm_head|/language_model.lm_head", IsOptional: true),
        new("output_norm", "norm"),
    ];

    /// <summary>Attention whose heads are rotated by halves, as in the folder.</summary>
    public static IReadOnlyList<TensorRule> Attention { get; } = AttentionOf(null, null);

    /// <summary>Attention whose heads GGUF rotates by pairs.</summary>
    public static IReadOnlyList<TensorRule> PairedAttention { get; } = AttentionOf(TensorChange.PairQuery, TensorChange.PairKey);

    public static IReadOnlyList<TensorRule> Norms { get; } =
    [
        new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
        new("blk.{l}.ffn_norm", "layers.{l}.post_attention_layernorm"),
    ];

    public static IReadOnlyList<TensorRule> HeadNorms { get; } =
    [
        new("blk.{l}.attn_q_norm", "layers.{l}.self_attn.q_norm"),
        new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.k_norm"),
    ];

    public static IReadOnlyList<TensorRule> FeedForward { get; } =
    [
        new("blk.{l}.ffn_gate", "layers.{l}.mlp.gate_proj"),
        new("blk.{l}.ffn_up", "layers.{l}.mlp.up_proj"),
        new("blk.{l}.ffn_down", "layers.{l}.mlp.down_proj"),
    ];

    public static IReadOnlyList<TensorRule> Experts { get; } =
    [
        new("blk.{l}.ffn_gate_inp", "layers.{l}.mlp.gate"),
        new("blk.{l}.ffn_gate_exps", "layers.{l}.mlp.experts.{e}.gate_proj"),
        new("blk.{l}.ffn_up_exps", "layers.{l}.mlp.experts.{e}.up_proj"),
        new("blk.{l}.ffn_down_exps", "layers.{l}.mlp.experts.{e}.down_proj"),
    ];

    public static IReadOnlyList<KeyRule> ExpertKeys { get; } =
    [
        KeyRule.Int("expert_count", "num_experts|num_local_experts"),
        KeyRule.Int("expert_used_count", "num_experts_per_tok"),
    ];

    private static IReadOnlyList<TensorRule> AttentionOf(TensorChange? query, TensorChange? key) =>
    [
        new("blk.{l}.attn_q", "layers.{l}.self_attn.q_proj", query),
        new("blk.{l}.attn_k", "layers.{l}.self_attn.k_proj", key),
        new("blk.{l}.attn_v", "layers.{l}.self_attn.v_proj"),
        new("blk.{l}.attn_output", "layers.{l}.self_attn.o_proj"),
    ];
}
