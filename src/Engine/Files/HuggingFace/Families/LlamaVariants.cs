namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Families whose layers are Llama's under other names, in other pieces or with other factors.</summary>
internal static class LlamaVariants
{
    /// <summary>Gate and up in one matrix, the gate first, as GGUF has them too.</summary>
    private static IReadOnlyList<TensorRule> FusedFeedForward =>
    [
        new("blk.{l}.ffn_up", "layers.{l}.mlp.gate_up_proj"),
        new("blk.{l}.ffn_down", "layers.{l}.mlp.down_proj"),
    ];

    private static IReadOnlyList<KeyRule> MiniCpmScales =>
    [
        KeyRule.Number("embedding_scale", "scale_emb"),
        new("residual_scale", config => (float)(config.RequiredNumber("scale_depth") / Math.Sqrt(config.RequiredInt(CommonKeys.Layers)))),
        new("logit_scale", config => (float)(config.RequiredInt(CommonKeys.Width) / config.RequiredNumber("dim_model_base"))),
    ];

    private static IReadOnlyList<TensorRule> ErnieAttention =>
    [
        new("blk.{l}.attn_q", "layers.{l}.self_attn.q_proj") { Otherwise = new("blk.{l}.attn_q", "layers.{l}.self_attn.qkv_proj", Fused(0)) },
        new("blk.{l}.attn_k", "layers.{l}.self_attn.k_proj") { Otherwise = new("blk.{l}.attn_k", "layers.{l}.self_attn.qkv_proj", Fused(1)) },
        new("blk.{l}.attn_v", "layers.{l}.self_attn.v_proj") { Otherwise = new("blk.{l}.attn_v", "layers.{l}.self_attn.qkv_proj", Fused(2)) },
        new("blk.{l}.attn_output", "layers.{l}.self_attn.o_proj"),
    ];

    private static IReadOnlyList<TensorRule> ErnieFeedForward =>
    [
        new("blk.{l}.ffn_gate", "layers.{l}.mlp.gate_proj")
        {
            Otherwise = new("blk.{l}.ffn_gate", "layers.{l}.mlp.up_gate_proj", TensorChange.FirstHalf),
        },
        new("blk.{l}.ffn_up", "layers.{l}.mlp.up_proj")
        {
            Otherwise = new("blk.{l}.ffn_up", "layers.{l}.mlp.up_gate_proj", TensorChange.SecondHalf),
        },
        new("blk.{l}.ffn_down", "layers.{l}.mlp.down_proj"),
    ];

    private static IReadOnlyList<KeyRule> HunyuanKeys =>
    [
        .. LlamaLike.Keys.Where(rule => rule.Target != "rope.freq_base" && !rule.Target.StartsWith("rope.scaling", StringComparison.Ordinal)),
        new("rope.freq_base", config => (float)HunyuanBase(config)),
    ];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("internlm2", ["internlm2"], ["model.", "language_model.model."], LlamaLike.Keys,
        [
            new("token_embd", "tok_embeddings"),
            new("output", "/output|/language_model.output", IsOptional: true),
            new("output_norm", "norm"),
            new("blk.{l}.attn_norm", "layers.{l}.attention_norm"),
            new("blk.{l}.attn_q", "layers.{l}.attention.wqkv", OfGroups(0)),
            new("blk.{l}.attn_k", "layers.{l}.attention.wqkv", OfGroups(1)),
            new("blk.{l}.attn_v", "layers.{l}.attention.wqkv", OfGroups(2)),
            new("blk.{l}.attn_output", "layers.{l}.attention.wo"),
            new("blk.{l}.ffn_norm", "layers.{l}.ffn_norm"),
            new("blk.{l}.ffn_gate", "layers.{l}.feed_forward.w1"),
            new("blk.{l}.ffn_up", "layers.{l}.feed_forward.w3"),
            new("blk.{l}.ffn_down", "layers.{l}.feed_forward.w2"),
        ]),
        new("minicpm", ["minicpm"], LlamaLike.Prefixes, [.. LlamaLike.Keys, .. MiniCpmScales],
            [.. LlamaLike.Ends, .. LlamaLike.PairedAttention, .. LlamaLike.Norms, .. LlamaLike.FeedForward]),
        new("mistral3", ["ministral3"], LlamaLike.Prefixes,
            [
                .. LlamaLike.Keys,
                new("rope.scaling.yarn_log_multiplier", config => (float)RequiredScaling(config).RequiredNumber("mscale_all_dim")),
                new("attention.temperature_scale", config => (float)RequiredScaling(config).RequiredNumber("llama_4_scaling_beta")),
            ],
            [.. LlamaLike.Ends, .. LlamaLike.PairedAttention, .. LlamaLike.Norms, .. LlamaLike.FeedForward]),
        new("glm4", ["glm4"], LlamaLike.Prefixes,
            [
                .. LlamaLike.Keys.Where(rule => rule.Target != "rope.dimension_count"),
                new("rope.dimension_count", config => (uint)CommonKeys.RotaryLength(config, 0.5)),
            ],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. FusedFeedForward,
                new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
                new("blk.{l}.post_attention_norm", "layers.{l}.post_self_attn_layernorm"),
                new("blk.{l}.ffn_norm", "layers.{l}.post_attention_layernorm"),
                new("blk.{l}.post_ffw_norm", "layers.{l}.post_mlp_layernorm"),
            ]),
        new("ernie4_5", ["ernie4_5"], ["model.", "ernie."], LlamaLike.Keys,
            [.. LlamaLike.Ends, .. ErnieAttention, .. LlamaLike.Norms, .. ErnieFeedForward]),
        new("ernie4_5-moe", ["ernie4_5_moe"], ["model.", "ernie."],
            [
                .. LlamaLike.Keys,
                KeyRule.Int("expert_count", "moe_num_experts"),
                KeyRule.Int("expert_used_count", "moe_k"),
                KeyRule.Int("expert_feed_forward_length", "moe_intermediate_size"),
                new("expert_shared_feed_forward_length", config => (uint)(config.RequiredInt("moe_intermediate_size") * (config.Int("moe_num_shared_experts") ?? 0))),
                new("interleave_moe_layer_step", config => (uint)(config.Int("moe_layer_interval") ?? 1)),
                KeyRule.Int("leading_dense_block_count", "moe_layer_start_index"),
            ],
            [
                .. LlamaLike.Ends, .. ErnieAttention, .. LlamaLike.Norms,
                .. TensorRule.On((config, layer) => !IsErnieMixture(config, layer), LlamaLike.FeedForward),
                .. TensorRule.On(
                    IsErnieMixture,
                    [
                        .. LlamaLike.Experts,
                        new("blk.{l}.exp_probs_b.bias", "layers.{l}.mlp.moe_statics.e_score_correction_bias", Flat, IsOptional: true),
                        new("blk.{l}.ffn_gate_shexp", "layers.{l}.mlp.shared_experts.gate_proj", IsOptional: true),
                        new("blk.{l}.ffn_up_shexp", "layers.{l}.mlp.shared_experts.up_proj", IsOptional: true),
                        new("blk.{l}.ffn_down_shexp", "layers.{l}.mlp.shared_experts.down_proj", IsOptional: true),
                    ]),
            ])
        {
            Ignored = ["model.mtp_"],
            Check = config =>
            {
                if (config.Int("moe_layer_end_index") is { } end && end < config.RequiredInt(CommonKeys.Layers) - 1)
                    throw config.Unsupported($"moe_layer_end_index is {end}: dense layers after those with experts are not supported");
            },
        },
        new("exaone", ["exaone"], ["transformer."],
            [
                .. CommonKeys.Rotary,
                KeyRule.Int("feed_forward_length", "intermediate_size"),
                KeyRule.Number("attention.layer_norm_rms_epsilon", "layer_norm_epsilon"),
            ],
            [
                new("token_embd", "wte"),
                new("output", "/lm_head", IsOptional: true),
                new("output_norm", "ln_f"),
                new("blk.{l}.attn_norm", "h.{l}.ln_1"),
                new("blk.{l}.attn_q", "h.{l}.attn.attention.q_proj"),
                new("blk.{l}.attn_k", "h.{l}.attn.attention.k_proj"),
                new("blk.{l}.attn_v", "h.{l}.attn.attention.v_proj"),
                new("blk.{l}.attn_output", "h.{l}.attn.attention.out_proj"),
                new("blk.{l}.ffn_norm", "h.{l}.ln_2"),
                new("blk.{l}.ffn_gate", "h.{l}.mlp.c_fc_0"),
                new("blk.{l}.ffn_up", "h.{l}.mlp.c_fc_1"),
                new("blk.{l}.ffn_down", "h.{l}.mlp.c_proj"),
            ]),
        new("exaone4", ["exaone4"], LlamaLike.Prefixes, [.. LlamaLike.Keys, KeyRule.OptionalInt("attention.sliding_window", "sliding_window")],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.HeadNorms, .. LlamaLike.FeedForward,
                new("blk.{l}.post_attention_norm", "layers.{l}.post_attention_layernorm"),
                new("blk.{l}.post_ffw_norm", "layers.{l}.post_feedforward_layernorm"),
            ])
        {
            Check = config =>
            {
                if (config.Int("sliding_window") is { } window && config.RequiredInt(CommonKeys.Layers) != 64)
                    throw config.Unsupported($"a sliding window ({window} positions) is supported for exaone4 of 64 layers alone");
            },
        },
        new("hunyuan-dense", ["hunyuan_v1_dense"], LlamaLike.Prefixes, HunyuanKeys,
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms, .. LlamaLike.FeedForward,
                new("blk.{l}.attn_q_norm", "layers.{l}.self_attn.query_layernorm"),
                new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.key_layernorm"),
            ]),
    ];

    private static TensorChange Flat { get; } = new() { Reshape = (_, shape) => [shape.Aggregate(1L, (a, b) => a * b)] };

    private static TensorChange OfGroups(int part) => TensorChange.OfRows((config, source) =>
    {
        int heads = config.RequiredInt(CommonKeys.Heads);
        int groups = CommonKeys.KvHeadCount(config);
        var rows = HeadOrder.OfGroups(source, heads, groups, part);
        return part == 2 ? rows : HeadOrder.Paired(rows, rows.Count / (part == 0 ? heads : groups));
    });

    private static TensorChange Fused(int part) => TensorChange.OfRows(
        (config, source) => HeadOrder.OfFused(source, config.RequiredInt(CommonKeys.Heads), CommonKeys.KvHeadCount(config), part));

    private static bool IsErnieMixture(ModelConfig config, int layer)
        => layer >= config.RequiredInt("moe_layer_start_index") && (layer + 1) % Math.Max(config.Int("moe_layer_interval") ?? 1, 1) == 0;

    private static ModelConfig RequiredScaling(ModelConfig config)
        => CommonKeys.Scaling(config) ?? throw config.Unsupported("rope_parameters are missing, which a ministral3 model has");

    /// <summary>The base grows with alpha, so that the context does, and nothing else is scaled.</summary>
    private static double HunyuanBase(ModelConfig config)
    {
        double theta = CommonKeys.RopeBase(config);
        if (CommonKeys.ScalingType(config) is not "dynamic" || CommonKeys.Scaling(config)!.Number("alpha") is not { } alpha || alpha <= 0)
            return theta;
        double length = CommonKeys.HeadLength(config);
        return length > 2 ? theta * Math.Pow(alpha, length / (length - 2)) : theta;
    }
}
