using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Families near Llama whose norms stand elsewhere or are of another kind, and whose heads are rotated as in the folder.</summary>
internal static class NormedFamilies
{
    private static IReadOnlyList<KeyRule> LayerNormKeys =>
    [
        .. CommonKeys.Rotary,
        KeyRule.Int("feed_forward_length", "intermediate_size"),
        KeyRule.Number("attention.layer_norm_epsilon", "layer_norm_eps|norm_epsilon|norm_eps|layer_norm_epsilon"),
    ];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("olmo2", ["olmo2"], LlamaLike.Prefixes, LlamaLike.Keys,
        [
            .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.HeadNorms, .. LlamaLike.FeedForward,
            new("blk.{l}.post_attention_norm", "layers.{l}.post_attention_layernorm"),
            new("blk.{l}.post_ffw_norm", "layers.{l}.post_feedforward_layernorm"),
        ]),
        new("olmo2", ["olmo3"], LlamaLike.Prefixes,
            [
                .. LlamaLike.Keys,
                KeyRule.Int("attention.sliding_window", "sliding_window"),
                new("attention.sliding_window_pattern", config
                    => config.Texts("layer_types") is { } types ? GgufValue.ArrayOf<bool>(Array.ConvertAll(types, type => type == "sliding_attention")) : null),
            ],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.HeadNorms, .. LlamaLike.FeedForward,
                new("blk.{l}.post_attention_norm", "layers.{l}.post_attention_layernorm"),
                new("blk.{l}.post_ffw_norm", "layers.{l}.post_feedforward_layernorm"),
            ]),
        new("olmoe", ["olmoe"], LlamaLike.Prefixes, [.. LlamaLike.Keys, .. LlamaLike.ExpertKeys],
            [.. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.HeadNorms, .. LlamaLike.Norms, .. LlamaLike.Experts])
        {
            Check = config =>
            {
                if (config.Flag("norm_topk_prob", false) || config.Number("clip_qkv") is not null)
                    throw config.Unsupported("norm_topk_prob and clip_qkv are not supported for olmoe");
            },
        },
        new("stablelm", ["stablelm"], LlamaLike.Prefixes,
            [.. LayerNormKeys, new("use_parallel_residual", config => config.Flag("use_parallel_residual", false))],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.FeedForward,
                new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
                new("blk.{l}.ffn_norm", "layers.{l}.post_attention_layernorm", IsOptional: true),
                new("blk.{l}.attn_q_norm", "layers.{l}.self_attn.q_layernorm.norms.{e}", IsOptional: true),
                new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.k_layernorm.norms.{e}", IsOptional: true),
            ]),
        new("orion", ["orion"], LlamaLike.Prefixes,
            [
                .. LayerNormKeys.Where(rule => rule.Target != "attention.layer_norm_epsilon"),
                KeyRule.Number("attention.layer_norm_epsilon", "rms_norm_eps"),
            ],
            [.. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms, .. LlamaLike.FeedForward]),
        new("jais2", ["jais2"], LlamaLike.Prefixes, LayerNormKeys,
        [
            .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms,
            new("blk.{l}.ffn_up", "layers.{l}.mlp.up_proj"),
            new("blk.{l}.ffn_down", "layers.{l}.mlp.down_proj"),
        ]),
        new("seed_oss", ["seed_oss"], LlamaLike.Prefixes, LlamaLike.Keys,
        [
            .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.FeedForward,
            new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
            new("blk.{l}.post_attention_norm", "layers.{l}.post_attention_layernorm"),
        ]),
        new("starcoder2", ["starcoder2"], LlamaLike.Prefixes, LayerNormKeys,
        [
            .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms,
            new("blk.{l}.ffn_up", "layers.{l}.mlp.c_fc"),
            new("blk.{l}.ffn_down", "layers.{l}.mlp.c_proj"),
        ]),
        new("command-r", ["cohere"], LlamaLike.Prefixes, [.. LayerNormKeys, KeyRule.Number("logit_scale", "logit_scale")],
        [
            .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.FeedForward,
            new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
            new("blk.{l}.attn_q_norm", "layers.{l}.self_attn.q_norm", IsOptional: true),
            new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.k_norm", IsOptional: true),
        ]),
        new("cohere2", ["cohere2"], LlamaLike.Prefixes,
            [.. LayerNormKeys, KeyRule.Number("logit_scale", "logit_scale"), KeyRule.Int("attention.sliding_window", "sliding_window")],
            [.. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.FeedForward, new("blk.{l}.attn_norm", "layers.{l}.input_layernorm")]),
        new("nemotron", ["nemotron"], LlamaLike.Prefixes, LayerNormKeys,
        [
            new("token_embd", "embed_tokens"),
            new("output", "/lm_head", IsOptional: true),
            new("output_norm", "norm", TensorChange.AddOne),
            .. LlamaLike.Attention,
            new("blk.{l}.attn_norm", "layers.{l}.input_layernorm", TensorChange.AddOne),
            new("blk.{l}.ffn_norm", "layers.{l}.post_attention_layernorm", TensorChange.AddOne),
            new("blk.{l}.ffn_up", "layers.{l}.mlp.up_proj"),
            new("blk.{l}.ffn_down", "layers.{l}.mlp.down_proj"),
        ]),
        new("phi2", ["phi"], LlamaLike.Prefixes, LayerNormKeys,
        [
            new("token_embd", "embed_tokens"),
            new("output", "/lm_head"),
            new("output_norm", "final_layernorm"),
            new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
            new("blk.{l}.attn_q", "layers.{l}.self_attn.q_proj"),
            new("blk.{l}.attn_k", "layers.{l}.self_attn.k_proj"),
            new("blk.{l}.attn_v", "layers.{l}.self_attn.v_proj"),
            new("blk.{l}.attn_output", "layers.{l}.self_attn.dense"),
            new("blk.{l}.ffn_up", "layers.{l}.mlp.fc1"),
            new("blk.{l}.ffn_down", "layers.{l}.mlp.fc2"),
        ]),
        new("phi3", ["phi3"], LlamaLike.Prefixes,
            [.. LlamaLike.Keys, KeyRule.OptionalInt("attention.sliding_window", "sliding_window")],
            [
                .. LlamaLike.Ends, .. LlamaLike.Norms,
                new("blk.{l}.attn_qkv", "layers.{l}.self_attn.qkv_proj"),
                new("blk.{l}.attn_output", "layers.{l}.self_attn.o_proj"),
                new("blk.{l}.ffn_up", "layers.{l}.mlp.gate_up_proj"),
                new("blk.{l}.ffn_down", "layers.{l}.mlp.down_proj"),
            ]),
    ];
}
