namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Families whose experts come in forms of their own.</summary>
internal static class MixtureFamilies
{
    private static IReadOnlyList<TensorRule> SharedExperts =>
    [
        new("blk.{l}.ffn_gate_shexp", "layers.{l}.mlp.shared_experts.gate_proj"),
        new("blk.{l}.ffn_up_shexp", "layers.{l}.mlp.shared_experts.up_proj"),
        new("blk.{l}.ffn_down_shexp", "layers.{l}.mlp.shared_experts.down_proj"),
    ];

    /// <summary>Keys and values of all heads from one compressed vector: absorbed into queries and outputs, as GGUF has them.</summary>
    private static IReadOnlyList<TensorRule> LatentAttention =>
    [
        .. TensorRule.On((config, _) => QueryRank(config) == 0, new TensorRule("blk.{l}.attn_q", "layers.{l}.self_attn.q_proj")),
        .. TensorRule.On(
            (config, _) => QueryRank(config) > 0,
            new("blk.{l}.attn_q_a", "layers.{l}.self_attn.q_a_proj"),
            new("blk.{l}.attn_q_a_norm", "layers.{l}.self_attn.q_a_layernorm"),
            new("blk.{l}.attn_q_b", "layers.{l}.self_attn.q_b_proj")),
        new("blk.{l}.attn_kv_a_mqa", "layers.{l}.self_attn.kv_a_proj_with_mqa"),
        new("blk.{l}.attn_kv_a_norm", "layers.{l}.self_attn.kv_a_layernorm"),
        new("blk.{l}.attn_k_b.weight", "layers.{l}.self_attn.kv_b_proj.weight", new TensorChange
        {
            Reshape = ByHead,
            Rows = (config, source) => RowOrder.Range(source, 0, config.RequiredInt("qk_nope_head_dim")),
            Transposes = true,
        }),
        new("blk.{l}.attn_v_b.weight", "layers.{l}.self_attn.kv_b_proj.weight", new TensorChange
        {
            Reshape = ByHead,
            Rows = (config, source) => RowOrder.Range(source, config.RequiredInt("qk_nope_head_dim"), config.RequiredInt("v_head_dim")),
        }),
        new("blk.{l}.attn_output", "layers.{l}.self_attn.o_proj"),
    ];

    private static IReadOnlyList<KeyRule> LatentKeys =>
    [
        .. LlamaLike.Keys.Where(rule => rule.Target is not ("attention.head_count_kv" or "attention.key_length" or "attention.value_length"
            or "rope.dimension_count")),
        new("attention.head_count_kv", _ => 1u),
        new("attention.q_lora_rank", config => QueryRank(config) is > 0 and var rank ? (uint)rank : null),
        KeyRule.Int("attention.kv_lora_rank", "kv_lora_rank"),
        new("attention.key_length", config => (uint)(config.RequiredInt("kv_lora_rank") + config.RequiredInt("qk_rope_head_dim"))),
        KeyRule.Int("attention.value_length", "kv_lora_rank"),
        new("attention.key_length_mla", config => (uint)(config.RequiredInt("qk_nope_head_dim") + config.RequiredInt("qk_rope_head_dim"))),
        KeyRule.Int("attention.value_length_mla", "v_head_dim"),
        KeyRule.Int("rope.dimension_count", "qk_rope_head_dim"),
        new("leading_dense_block_count", config => (uint)DenseLayers(config)),
        KeyRule.OptionalInt("expert_count", "n_routed_experts"),
        KeyRule.OptionalInt("expert_used_count", "num_experts_per_tok"),
        KeyRule.OptionalInt("expert_feed_forward_length", "moe_intermediate_size"),
        KeyRule.OptionalInt("expert_shared_count", "n_shared_experts"),
        KeyRule.Number("expert_weights_scale", "routed_scaling_factor", 1),
        new("expert_weights_norm", config => config.Flag("norm_topk_prob", IsThird(config))),
        new("expert_gating_func", config => HasSigmoid(config) ? 2u : 1u),
        KeyRule.OptionalInt("expert_group_count", "n_group"),
        KeyRule.OptionalInt("expert_group_used_count", "topk_group"),
        new("rope.scaling.yarn_log_multiplier", config
            => CommonKeys.ScalingType(config) == "yarn" && CommonKeys.Scaling(config)!.Number("mscale_all_dim") is { } all ? (float)(0.1 * all) : null),
    ];

    private static IReadOnlyList<TensorRule> GptOssExperts =>
    [
        new("blk.{l}.ffn_gate_inp", "layers.{l}.mlp.router"),
        new("blk.{l}.ffn_gate_exps.weight", "layers.{l}.mlp.experts.gate_up_proj", new TensorChange { Columns = EveryOther(0), Transposes = true })
        {
            Otherwise = new("blk.{l}.ffn_gate_exps.weight", "layers.{l}.mlp.experts.gate_up_proj.weight", TensorChange.EvenRows),
        },
        new("blk.{l}.ffn_up_exps.weight", "layers.{l}.mlp.experts.gate_up_proj", new TensorChange { Columns = EveryOther(1), Transposes = true })
        {
            Otherwise = new("blk.{l}.ffn_up_exps.weight", "layers.{l}.mlp.experts.gate_up_proj.weight", TensorChange.OddRows),
        },
        new("blk.{l}.ffn_down_exps.weight", "layers.{l}.mlp.experts.down_proj", TensorChange.Transpose)
        {
            Otherwise = new("blk.{l}.ffn_down_exps.weight", "layers.{l}.mlp.experts.down_proj.weight"),
        },
        new("blk.{l}.ffn_gate_exps.bias", "layers.{l}.mlp.experts.gate_up_proj_bias", new TensorChange { Columns = EveryOther(0) }),
        new("blk.{l}.ffn_up_exps.bias", "layers.{l}.mlp.experts.gate_up_proj_bias", new TensorChange { Columns = EveryOther(1) }),
        new("blk.{l}.ffn_down_exps.bias", "layers.{l}.mlp.experts.down_proj_bias"),
    ];

    private static IReadOnlyList<TensorRule> Llama4Experts =>
    [
        new("blk.{l}.ffn_gate_inp", "layers.{l}.feed_forward.router"),
        new("blk.{l}.ffn_gate_exps.weight", "layers.{l}.feed_forward.experts.gate_up_proj", new TensorChange { Columns = Half(0), Transposes = true }),
        new("blk.{l}.ffn_up_exps.weight", "layers.{l}.feed_forward.experts.gate_up_proj", new TensorChange { Columns = Half(1), Transposes = true }),
        new("blk.{l}.ffn_down_exps.weight", "layers.{l}.feed_forward.experts.down_proj", TensorChange.Transpose),
        new("blk.{l}.ffn_gate_shexp", "layers.{l}.feed_forward.shared_expert.gate_proj"),
        new("blk.{l}.ffn_up_shexp", "layers.{l}.feed_forward.shared_expert.up_proj"),
        new("blk.{l}.ffn_down_shexp", "layers.{l}.feed_forward.shared_expert.down_proj"),
    ];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("deepseek2", ["deepseek_v2", "deepseek_v3"], LlamaLike.Prefixes, LatentKeys,
        [
            .. LlamaLike.Ends, .. LatentAttention, .. LlamaLike.Norms,
            .. TensorRule.On((config, layer) => layer < DenseLayers(config), LlamaLike.FeedForward),
            .. TensorRule.On((config, layer) => layer >= DenseLayers(config), [.. LlamaLike.Experts, .. SharedExperts]),
            .. TensorRule.On(
                (config, layer) => layer >= DenseLayers(config) && HasSigmoid(config),
                new TensorRule("blk.{l}.exp_probs_b.bias", "layers.{l}.mlp.gate.e_score_correction_bias")),
        ])
        {
            Check = config =>
            {
                if (!HasSigmoid(config) && config.Int("n_group") is > 1 and var groups)
                    throw config.Unsupported($"{groups} groups of experts are chosen from by their best expert (topk_method), which is not supported");
                if (CommonKeys.Scaling(config) is { } scaling && scaling.Number("mscale") is { } mscale && scaling.Number("mscale_all_dim") is { } all && mscale != all)
                    throw config.Unsupported("mscale and mscale_all_dim of the rope scaling differ, which is not supported");
                if ((config.Int("moe_layer_freq") ?? 1) != 1)
                    throw config.Unsupported("experts are supported in every layer alone (moe_layer_freq)");
            },
        },
        new("gpt-oss", ["gpt_oss"], LlamaLike.Prefixes,
            [
                .. LlamaLike.Keys,
                KeyRule.Int("expert_count", "num_local_experts|num_experts"),
                KeyRule.Int("expert_used_count", "num_experts_per_tok|experts_per_token"),
                KeyRule.Int("expert_feed_forward_length", "intermediate_size"),
                KeyRule.Int("attention.sliding_window", "sliding_window"),
            ],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. GptOssExperts,
                new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
                new("blk.{l}.post_attention_norm", "layers.{l}.post_attention_layernorm"),
                new("blk.{l}.attn_sinks.weight", "layers.{l}.self_attn.sinks"),
            ]),
        new("llama4", ["llama4_text", "llama4"], LlamaLike.Prefixes,
            [
                .. LlamaLike.Keys.Where(rule => rule.Target != "feed_forward_length"), .. LlamaLike.ExpertKeys,
                KeyRule.Int("feed_forward_length", "intermediate_size_mlp"),
                KeyRule.Int("expert_feed_forward_length", "intermediate_size"),
                KeyRule.Int("interleave_moe_layer_step", "interleave_moe_layer_step"),
            ],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms,
                .. TensorRule.On(HasLlama4Experts, Llama4Experts),
                .. TensorRule.On(
                    (config, layer) => !HasLlama4Experts(config, layer),
                    new("blk.{l}.ffn_gate", "layers.{l}.feed_forward.gate_proj"),
                    new("blk.{l}.ffn_up", "layers.{l}.feed_forward.up_proj"),
                    new("blk.{l}.ffn_down", "layers.{l}.feed_forward.down_proj")),
            ])
        {
            Check = config =>
            {
                if ((config.Int("attention_chunk_size") ?? 8192) != 8192 || !config.Flag("use_qk_norm", true) != (config.RequiredInt("num_local_experts") == 128))
                    throw config.Unsupported("llama4 is supported with chunks of 8192 positions, and with norms of queries and keys unless it has 128 experts");
            },
        },
        new("phimoe", ["phimoe"], LlamaLike.Prefixes,
            [.. LlamaLike.Keys, .. LlamaLike.ExpertKeys, KeyRule.Number("attention.layer_norm_epsilon", "rms_norm_eps")],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms,
                new("blk.{l}.ffn_gate_inp", "layers.{l}.block_sparse_moe.gate"),
                new("blk.{l}.ffn_gate_exps", "layers.{l}.block_sparse_moe.experts.{e}.w1"),
                new("blk.{l}.ffn_up_exps", "layers.{l}.block_sparse_moe.experts.{e}.w3"),
                new("blk.{l}.ffn_down_exps", "layers.{l}.block_sparse_moe.experts.{e}.w2"),
            ]),
        new("smallthinker", ["smallthinker"], LlamaLike.Prefixes,
            [
                .. LlamaLike.Keys.Where(rule => rule.Target != "feed_forward_length"),
                KeyRule.Int("feed_forward_length", "moe_ffn_hidden_size"),
                KeyRule.Int("expert_feed_forward_length", "moe_ffn_hidden_size"),
                KeyRule.Int("expert_count", "moe_num_primary_experts"),
                KeyRule.Int("expert_used_count", "moe_num_active_primary_experts"),
                new("expert_gating_func", config => config.Flag("moe_primary_router_apply_softmax", false) ? 1u : 2u),
                new("attention.sliding_window", config
                    => config.Numbers("sliding_window_layout") is { } layout && layout.Any(each => each != 0) && config.Int("sliding_window_size") is { } size
                        ? (uint)size : null),
            ],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms,
                new("blk.{l}.ffn_gate_inp", "layers.{l}.block_sparse_moe.primary_router"),
                new("blk.{l}.ffn_gate_exps", "layers.{l}.block_sparse_moe.experts.{e}.gate"),
                new("blk.{l}.ffn_up_exps", "layers.{l}.block_sparse_moe.experts.{e}.up"),
                new("blk.{l}.ffn_down_exps", "layers.{l}.block_sparse_moe.experts.{e}.down"),
            ]),
        new("dbrx", ["dbrx"], ["transformer."],
            [
                .. CommonKeys.Sizes,
                KeyRule.Int("attention.head_count_kv", "attn_config.kv_n_heads"),
                KeyRule.Int("feed_forward_length", "ffn_config.ffn_hidden_size"),
                KeyRule.Number("rope.freq_base", "attn_config.rope_theta", 10000),
                KeyRule.Number("attention.clamp_kqv", "attn_config.clip_qkv"),
                KeyRule.Int("expert_count", "ffn_config.moe_num_experts"),
                KeyRule.Int("expert_used_count", "ffn_config.moe_top_k"),
                KeyRule.Number("attention.layer_norm_epsilon", "layer_norm_epsilon", 1e-5),
            ],
            [
                new("token_embd", "wte"),
                new("output", "/lm_head", IsOptional: true),
                new("output_norm", "norm_f"),
                new("blk.{l}.attn_norm", "blocks.{l}.norm_attn_norm.norm_1"),
                new("blk.{l}.attn_qkv", "blocks.{l}.norm_attn_norm.attn.Wqkv"),
                new("blk.{l}.attn_output", "blocks.{l}.norm_attn_norm.attn.out_proj"),
                new("blk.{l}.attn_output_norm", "blocks.{l}.norm_attn_norm.norm_2"),
                new("blk.{l}.ffn_gate_inp", "blocks.{l}.ffn.router.layer"),
                new("blk.{l}.ffn_gate_exps.weight", "blocks.{l}.ffn.experts.mlp.w1", new TensorChange { Reshape = ByExpert }),
                new("blk.{l}.ffn_up_exps.weight", "blocks.{l}.ffn.experts.mlp.v1", new TensorChange { Reshape = ByExpert }),
                new("blk.{l}.ffn_down_exps.weight", "blocks.{l}.ffn.experts.mlp.w2", new TensorChange { Reshape = ByExpert, Transposes = true }),
            ]),
    ];

    private static Func<ModelConfig, SourceMatrix, RowOrder> EveryOther(int first) => (_, source) => RowOrder.EveryOtherColumn(source, first);

    private static Func<ModelConfig, SourceMatrix, RowOrder> Half(int which) => (_, source) => RowOrder.HalfOfColumns(source, which);

    private static long[] ByHead(ModelConfig config, long[] shape)
        => [config.RequiredInt(CommonKeys.Heads), config.RequiredInt("qk_nope_head_dim") + config.RequiredInt("v_head_dim"), shape[^1]];

    private static long[] ByExpert(ModelConfig config, long[] shape)
        => [config.RequiredInt("ffn_config.moe_num_experts"), config.RequiredInt("ffn_config.ffn_hidden_size"), shape[^1]];

    private static int QueryRank(ModelConfig config) => config.Int("q_lora_rank") ?? 0;

    private static bool IsThird(ModelConfig config) => config.ModelType == "deepseek_v3";

    private static bool HasSigmoid(ModelConfig config)
        => (config.Text("scoring_func") ?? (IsThird(config) ? "sigmoid" : "softmax")) switch
        {
            "sigmoid" => true,
            "softmax" => false,
            var other => throw config.Unsupported($"scoring_func is '{other}'; there are softmax and sigmoid"),
        };

    private static int DenseLayers(ModelConfig config)
        => config.Int("n_routed_experts") is > 0 ? config.Int("first_k_dense_replace") ?? 0 : config.RequiredInt(CommonKeys.Layers);

    private static bool HasLlama4Experts(ModelConfig config, int layer)
        => config.RequiredInt("interleave_moe_layer_step") is > 0 and var step && (layer + 1) % step == 0;
}
