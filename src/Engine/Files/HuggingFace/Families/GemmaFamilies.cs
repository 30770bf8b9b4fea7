using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Gemma 1 to 3: norms multiply with 1 + weight, the embedding is the output, configurations leave defaults out.</summary>
internal static class GemmaFamilies
{
    private static IReadOnlyList<KeyRule> Keys =>
    [
        .. LlamaLike.Keys.Where(rule => rule.Target is not ("attention.layer_norm_rms_epsilon" or "attention.key_length"
            or "attention.value_length" or "rope.dimension_count" or "attention.head_count" or "attention.head_count_kv" or "rope.freq_base")),
        KeyRule.Number("attention.layer_norm_rms_epsilon", "rms_norm_eps", 1e-6),
        HeadLength("attention.key_length"),
        HeadLength("attention.value_length"),
        HeadLength("rope.dimension_count"),
        new("attention.head_count", config => (uint)(config.Int("num_attention_heads") ?? 8)),
        new("attention.head_count_kv", config => (uint)(config.Int("num_key_value_heads") ?? 4)),
    ];

    private static IReadOnlyList<TensorRule> Layers =>
    [
        new("token_embd", "embed_tokens"),
        new("output_norm", "norm", TensorChange.AddOne),
        .. LlamaLike.Attention, .. LlamaLike.FeedForward,
        new("blk.{l}.attn_norm", "layers.{l}.input_layernorm", TensorChange.AddOne),
    ];

    private static IReadOnlyList<TensorRule> FourNorms =>
    [
        new("blk.{l}.post_attention_norm", "layers.{l}.post_attention_layernorm", TensorChange.AddOne),
        new("blk.{l}.ffn_norm", "layers.{l}.pre_feedforward_layernorm", TensorChange.AddOne),
        new("blk.{l}.post_ffw_norm", "layers.{l}.post_feedforward_layernorm", TensorChange.AddOne),
    ];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("gemma", ["gemma"], LlamaLike.Prefixes, [.. Keys, new("rope.freq_base", config => CommonKeys.RopeBase(config))],
            [.. Layers, new("blk.{l}.ffn_norm", "layers.{l}.post_attention_layernorm", TensorChange.AddOne)]),
        new("gemma2", ["gemma2"], LlamaLike.Prefixes,
            [
                .. Keys,
                new("rope.freq_base", config => CommonKeys.RopeBase(config)),
                KeyRule.OptionalNumber("attn_logit_softcapping", "attn_logit_softcapping"),
                KeyRule.OptionalNumber("final_logit_softcapping", "final_logit_softcapping"),
                KeyRule.OptionalInt("attention.sliding_window", "sliding_window"),
            ],
            [.. Layers, .. FourNorms]),
        new("gemma3", ["gemma3_text", "gemma3"], LlamaLike.Prefixes,
            [
                .. Keys,
                KeyRule.Number("rope.freq_base", "rope_theta", 1_000_000),
                KeyRule.Number("rope.freq_base_swa", "rope_local_base_freq", 10_000),
                new("attention.sliding_window", config => (uint)(config.Int("sliding_window") ?? 4096)),
            ],
            [
                .. Layers, .. FourNorms,
                new("blk.{l}.attn_q_norm", "layers.{l}.self_attn.q_norm", TensorChange.AddOne),
                new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.k_norm", TensorChange.AddOne),
            ])
        {
            Check = config =>
            {
                if ((config.Int("sliding_window_pattern|_sliding_window_pattern") ?? 6) != 6)
                    throw config.Unsupported("a layer that sees everything is supported every 6 layers alone (sliding_window_pattern)");
            },
        },
    ];

    private static KeyRule HeadLength(string target) => new(target, config => (GgufValue)(uint)(config.Int("head_dim") ?? 256));
}
