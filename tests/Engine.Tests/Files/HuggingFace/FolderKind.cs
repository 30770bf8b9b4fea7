using System.Text.Json.Nodes;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Tests.Files.HuggingFace;

/// <summary>How a kind of folder differs from the usual one.</summary>
/// <param name="Names">The folder's names by GGUF's; an exclamation mark says that nothing is added to them.</param>
/// <param name="Keys">The configuration's keys by GGUF's.</param>
internal sealed record FolderKind(Dictionary<string, string> Names, Dictionary<string, string>? Keys = null)
{
    private static readonly Dictionary<string, string> MixtralNames = new()
    {
        ["ffn_gate_inp"] = "block_sparse_moe.gate",
        ["ffn_gate_exps"] = "block_sparse_moe.experts.#.w1",
        ["ffn_up_exps"] = "block_sparse_moe.experts.#.w3",
        ["ffn_down_exps"] = "block_sparse_moe.experts.#.w2",
    };

    private static readonly Dictionary<string, string> LateGemmaNames = new()
    {
        ["ffn_norm"] = "pre_feedforward_layernorm",
        ["per_layer_token_embd"] = "model.embed_tokens_per_layer",
        ["per_layer_model_proj"] = "model.per_layer_model_projection",
        ["per_layer_proj_norm"] = "model.per_layer_projection_norm",
        ["inp_gate"] = "per_layer_input_gate",
        ["proj"] = "per_layer_projection",
        ["post_norm"] = "post_per_layer_input_norm",
        ["layer_output_scale"] = "layer_scalar!",
        ["ffn_gate_inp"] = "router.proj",
        ["ffn_gate_inp.scale"] = "router.scale!",
        ["ffn_gate_up_exps"] = "experts.gate_up_proj!",
        ["ffn_down_exps"] = "experts.down_proj!",
        ["ffn_down_exps.scale"] = "router.per_expert_scale!",
        ["post_ffw_norm_1"] = "post_feedforward_layernorm_1",
        ["pre_ffw_norm_2"] = "pre_feedforward_layernorm_2",
        ["post_ffw_norm_2"] = "post_feedforward_layernorm_2",
        ["altup_proj"] = "model.altup_projections.#",
        ["altup_unembd_proj"] = "model.altup_unembed_projections.#",
        ["altup_correct_coef"] = "altup.correction_coefs",
        ["altup_correct_scale"] = "altup.correct_output_scale!",
        ["altup_predict_coef"] = "altup.prediction_coefs",
        ["altup_router"] = "altup.modality_router",
        ["altup_router_norm"] = "altup.router_norm",
        ["laurel_l"] = "laurel.linear_left",
        ["laurel_r"] = "laurel.linear_right",
        ["laurel_post_norm"] = "laurel.post_laurel_norm",
    };

    private static readonly Dictionary<string, string> DeltaKeys = new()
    {
        ["ssm.conv_kernel"] = "linear_conv_kernel_dim",
        ["ssm.state_size"] = "linear_key_head_dim",
        ["ssm.group_count"] = "linear_num_key_heads",
        ["ssm.time_step_rank"] = "linear_num_value_heads",
        ["full_attention_interval"] = "full_attention_interval",
    };

    private static readonly Dictionary<string, string> StateSpaceNames = new()
    {
        ["token_embd"] = "backbone.embeddings",
        ["output_norm"] = "backbone.norm_f",
        ["attn_norm"] = "norm",
        ["ssm_in"] = "mixer.in_proj",
        ["ssm_conv1d"] = "mixer.conv1d",
        ["ssm_x"] = "mixer.x_proj",
        ["ssm_dt"] = "mixer.dt_proj",
        ["ssm_a"] = "mixer.A_log!",
        ["ssm_d"] = "mixer.D!",
        ["ssm_out"] = "mixer.out_proj",
    };

    private static readonly Dictionary<string, string> StateSpaceKeys = new()
    {
        ["ssm.conv_kernel"] = "conv_kernel",
        ["ssm.inner_size"] = "intermediate_size",
        ["ssm.state_size"] = "state_size",
        ["ssm.time_step_rank"] = "time_step_rank",
        ["ssm.group_count"] = "n_groups",
        ["attention.layer_norm_rms_epsilon"] = "layer_norm_epsilon",
    };

    private static readonly Dictionary<string, string> LatentNames = new()
    {
        ["attn_q_a"] = "self_attn.q_a_proj",
        ["attn_q_a_norm"] = "self_attn.q_a_layernorm",
        ["attn_q_b"] = "self_attn.q_b_proj",
        ["attn_kv_a_mqa"] = "self_attn.kv_a_proj_with_mqa",
        ["attn_kv_a_norm"] = "self_attn.kv_a_layernorm",
        ["kv_b"] = "self_attn.kv_b_proj",
        ["exp_probs_b"] = "mlp.gate.e_score_correction_bias!",
        ["ffn_gate_shexp"] = "mlp.shared_experts.gate_proj",
        ["ffn_up_shexp"] = "mlp.shared_experts.up_proj",
        ["ffn_down_shexp"] = "mlp.shared_experts.down_proj",
    };

    private static readonly Dictionary<string, string> LatentKeys = new()
    {
        ["attention.q_lora_rank"] = "q_lora_rank",
        ["attention.kv_lora_rank"] = "kv_lora_rank",
        ["rope.dimension_count"] = "qk_rope_head_dim",
        ["attention.value_length_mla"] = "v_head_dim",
        ["leading_dense_block_count"] = "first_k_dense_replace",
        ["expert_count"] = "n_routed_experts",
        ["expert_shared_count"] = "n_shared_experts",
        ["expert_weights_scale"] = "routed_scaling_factor",
        ["expert_weights_norm"] = "norm_topk_prob",
        ["expert_group_count"] = "n_group",
        ["expert_group_used_count"] = "topk_group",
    };

    /// <summary>The kinds, by model_type.</summary>
    public static IReadOnlyDictionary<string, FolderKind> All { get; } = new Dictionary<string, FolderKind>
    {
        ["orion"] = new([]) { Complete = (_, config) => config["rms_norm_eps"] = config["layer_norm_epsilon"]!.DeepClone() },
        ["gemma3n_text"] = new(LateGemmaNames)
        {
            Complete = (file, config) =>
            {
                CompleteLateGemma(file, config);
                config["rope_theta"] = 9000.0;
            },
        },
        ["gemma4_text"] = new(
            LateGemmaNames,
            new() { ["expert_used_count"] = "top_k_experts", ["attention.key_length"] = "global_head_dim", ["attention.key_length_swa"] = "head_dim" })
        {
            Merge = (_, weights) => weights.Take("rope_freqs.weight"),
            Complete = (file, config) =>
            {
                CompleteLateGemma(file, config);
                config["enable_moe_block"] = file.TryGetTensor("blk.0.ffn_gate_inp.weight", out _);
                config["rope_parameters"] = JsonNode.Parse(
                    """
                    {"full_attention":{"rope_type":"proportional","partial_rotary_factor":0.5,"rope_theta":9000},
                     "sliding_attention":{"rope_type":"default","rope_theta":700}}
                    """);
                if (Int(file, "attention.shared_kv_layers") > 0)
                {
                    config["use_double_wide_mlp"] = true;
                    config["intermediate_size"] = 14;
                    return;
                }

                config["attention_k_eq_v"] = true;
                config["num_key_value_heads"] = 2;
                config["num_global_key_value_heads"] = 1;
            },
        },
        ["internlm2"] = new(new Dictionary<string, string>
        {
            ["token_embd"] = "model.tok_embeddings",
            ["output"] = "output",
            ["attn_norm"] = "attention_norm",
            ["wqkv"] = "attention.wqkv",
            ["attn_output"] = "attention.wo",
            ["ffn_norm"] = "ffn_norm",
            ["ffn_gate"] = "feed_forward.w1",
            ["ffn_up"] = "feed_forward.w3",
            ["ffn_down"] = "feed_forward.w2",
        })
        { Merge = FuseGroups },
        ["minicpm"] = new([], new() { ["embedding_scale"] = "scale_emb" })
        {
            Merge = HalvePairs,
            Complete = (file, config) =>
            {
                config["scale_depth"] = 0.45 * Math.Sqrt(Int(file, "block_count"));
                config["dim_model_base"] = Int(file, "embedding_length") / 0.7;
            },
        },
        ["ministral3"] = new([])
        {
            Merge = HalvePairs,
            Complete = (_, config) => config["rope_parameters"] = JsonNode.Parse(
                """
                {"rope_type":"yarn","factor":4,"original_max_position_embeddings":20,"beta_fast":0.8,"beta_slow":0.25,"mscale_all_dim":1,
                 "llama_4_scaling_beta":0.3}
                """),
        },
        ["glm4"] = new(new Dictionary<string, string>
        {
            ["post_attention_norm"] = "post_self_attn_layernorm",
            ["post_ffw_norm"] = "post_mlp_layernorm",
            ["ffn_up"] = "mlp.gate_up_proj",
        })
        { Complete = (_, config) => config.Remove("rotary_dim") },
        ["ernie4_5"] = new([]),
        ["ernie4_5_moe"] = new(
            new Dictionary<string, string>
            {
                ["exp_probs_b"] = "mlp.moe_statics.e_score_correction_bias!",
                ["ffn_gate_shexp"] = "mlp.shared_experts.gate_proj",
                ["ffn_up_shexp"] = "mlp.shared_experts.up_proj",
                ["ffn_down_shexp"] = "mlp.shared_experts.down_proj",
            },
            new()
            {
                ["expert_count"] = "moe_num_experts",
                ["expert_used_count"] = "moe_k",
                ["interleave_moe_layer_step"] = "moe_layer_interval",
                ["leading_dense_block_count"] = "moe_layer_start_index",
            })
        {
            Merge = PadSharedExperts,
            Complete = (_, config) => config["moe_num_shared_experts"] = 2,
        },
        ["exaone"] = new(new Dictionary<string, string>
        {
            ["token_embd"] = "transformer.wte",
            ["output_norm"] = "transformer.ln_f",
            ["attn_norm"] = "ln_1",
            ["attn_q"] = "attn.attention.q_proj",
            ["attn_k"] = "attn.attention.k_proj",
            ["attn_v"] = "attn.attention.v_proj",
            ["attn_output"] = "attn.attention.out_proj",
            ["ffn_norm"] = "ln_2",
            ["ffn_gate"] = "mlp.c_fc_0",
            ["ffn_up"] = "mlp.c_fc_1",
            ["ffn_down"] = "mlp.c_proj",
        })
        {
            LayerPrefix = "transformer.h.",
            Merge = (_, weights) => weights.Take("rope_freqs.weight"),
            Complete = (file, config) => config["layer_norm_epsilon"] = config["rms_norm_eps"]!.DeepClone(),
        },
        ["exaone4"] = new([]),
        ["hunyuan_v1_dense"] = new(new Dictionary<string, string> { ["attn_q_norm"] = "self_attn.query_layernorm", ["attn_k_norm"] = "self_attn.key_layernorm" })
        {
            Complete = (file, config) =>
            {
                config["rope_scaling"] = JsonNode.Parse("{\"type\":\"dynamic\",\"alpha\":1000.0,\"factor\":1.0}");
                config["rope_theta"] = (double)config["rope_theta"]! / Math.Pow(1000, 20 / 18.0);
            },
        },
        ["deepseek_v2"] = new(LatentNames, LatentKeys) { Merge = JoinLatents, Complete = CompleteLatents },
        ["deepseek_v3"] = new(LatentNames, LatentKeys) { Merge = JoinLatents, Complete = CompleteLatents },
        ["gpt_oss"] = new(new Dictionary<string, string>
        {
            ["post_attention_norm"] = "post_attention_layernorm",
            ["attn_sinks"] = "self_attn.sinks!",
            ["ffn_gate_inp"] = "mlp.router",
            ["gate_up"] = "mlp.experts.gate_up_proj!",
            ["gate_up_bias"] = "mlp.experts.gate_up_proj_bias!",
            ["down"] = "mlp.experts.down_proj!",
            ["down_bias"] = "mlp.experts.down_proj_bias!",
        }, new() { ["expert_count"] = "num_local_experts" })
        {
            Merge = InterleaveGates,
            Complete = (file, config) =>
            {
                config["intermediate_size"] = Int(file, "expert_feed_forward_length");
                config["rope_scaling"] = JsonNode.Parse(
                    $"{{\"rope_type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":{Int(file, "rope.scaling.original_context_length")}}}");
            },
        },
        ["llama4_text"] = new(new Dictionary<string, string>
        {
            ["ffn_gate_inp"] = "feed_forward.router",
            ["gate_up"] = "feed_forward.experts.gate_up_proj!",
            ["down"] = "feed_forward.experts.down_proj!",
            ["ffn_gate_shexp"] = "feed_forward.shared_expert.gate_proj",
            ["ffn_up_shexp"] = "feed_forward.shared_expert.up_proj",
            ["ffn_down_shexp"] = "feed_forward.shared_expert.down_proj",
            ["ffn_gate"] = "feed_forward.gate_proj",
            ["ffn_up"] = "feed_forward.up_proj",
            ["ffn_down"] = "feed_forward.down_proj",
        }, new()
        {
            ["feed_forward_length"] = "intermediate_size_mlp",
            ["expert_feed_forward_length"] = "intermediate_size",
            ["expert_count"] = "num_local_experts",
            ["interleave_moe_layer_step"] = "interleave_moe_layer_step",
        })
        { Merge = JoinGates },
        ["phimoe"] = new(MixtralNames)
        {
            Merge = (_, weights) =>
            {
                weights.Take("rope_factors_long.weight");
                weights.Take("rope_factors_short.weight");
            },
            Complete = (file, config) => config["rope_scaling"] = new JsonObject
            {
                ["type"] = "longrope",
                ["short_mscale"] = 1.24,
                ["long_mscale"] = 1.24,
                ["original_max_position_embeddings"] = 4096,
                ["short_factor"] = Floats(file, "rope_factors_short.weight"),
                ["long_factor"] = Floats(file, "rope_factors_long.weight"),
            },
        },
        ["smallthinker"] = new(
            new Dictionary<string, string>
            {
                ["ffn_gate_inp"] = "block_sparse_moe.primary_router",
                ["ffn_gate_exps"] = "block_sparse_moe.experts.#.gate",
                ["ffn_up_exps"] = "block_sparse_moe.experts.#.up",
                ["ffn_down_exps"] = "block_sparse_moe.experts.#.down",
            },
            new()
            {
                ["expert_count"] = "moe_num_primary_experts",
                ["expert_used_count"] = "moe_num_active_primary_experts",
                ["expert_feed_forward_length"] = "moe_ffn_hidden_size",
            }),
        ["dbrx"] = new(new Dictionary<string, string>
        {
            ["token_embd"] = "transformer.wte",
            ["output_norm"] = "transformer.norm_f",
            ["attn_norm"] = "norm_attn_norm.norm_1",
            ["attn_qkv"] = "norm_attn_norm.attn.Wqkv",
            ["attn_output"] = "norm_attn_norm.attn.out_proj",
            ["attn_output_norm"] = "norm_attn_norm.norm_2",
            ["ffn_gate_inp"] = "ffn.router.layer",
            ["ffn_gate_exps"] = "ffn.experts.mlp.w1!",
            ["ffn_up_exps"] = "ffn.experts.mlp.v1!",
            ["ffn_down_exps"] = "ffn.experts.mlp.w2!",
        })
        {
            LayerPrefix = "transformer.blocks.",
            Merge = FlattenExperts,
            Complete = (file, config) =>
            {
                config["attn_config"] = JsonNode.Parse("{\"kv_n_heads\":1,\"rope_theta\":500000,\"clip_qkv\":1.6}");
                config["ffn_config"] = JsonNode.Parse("{\"ffn_hidden_size\":20,\"moe_num_experts\":8,\"moe_top_k\":3}");
            },
        },
        ["granitemoeshared"] = new(new Dictionary<string, string>
        {
            ["ffn_gate_inp"] = "block_sparse_moe.router.layer",
            ["gate_up"] = "block_sparse_moe.input_linear.weight!",
            ["down"] = "block_sparse_moe.output_linear.weight!",
            ["shared_gate_up"] = "shared_mlp.input_linear.weight!",
            ["ffn_down_shexp"] = "shared_mlp.output_linear",
        }, new() { ["expert_shared_feed_forward_length"] = "shared_intermediate_size" })
        {
            Merge = (file, weights) =>
            {
                HalvePairs(file, weights);
                for (int layer = 0; layer < Int(file, "block_count"); layer++)
                {
                    string name = $"blk.{layer}.";
                    weights[name + "gate_up"] = FolderWeights.Joined(weights.Take(name + "ffn_gate_exps.weight"), weights.Take(name + "ffn_up_exps.weight"), false);
                    weights[name + "down"] = weights.Take(name + "ffn_down_exps.weight");
                    weights[name + "shared_gate_up"] = FolderWeights.Joined(
                        weights.Take(name + "ffn_gate_shexp.weight"), weights.Take(name + "ffn_up_shexp.weight"), false);
                }
            },
        },
        ["lfm2"] = new(ConvolutionNames([]), new() { ["shortconv.l_cache"] = "conv_L_cache", ["attention.layer_norm_rms_epsilon"] = "norm_eps" })
        {
            Merge = WidenConvolutions,
            Complete = CompleteConvolutions,
        },
        ["lfm2_moe"] = new(
            ConvolutionNames(new()
            {
                ["ffn_gate_inp"] = "feed_forward.gate",
                ["exp_probs_b"] = "feed_forward.expert_bias!",
                ["ffn_gate_exps"] = "feed_forward.experts.#.w1",
                ["ffn_up_exps"] = "feed_forward.experts.#.w3",
                ["ffn_down_exps"] = "feed_forward.experts.#.w2",
            }),
            new()
            {
                ["shortconv.l_cache"] = "conv_L_cache",
                ["attention.layer_norm_rms_epsilon"] = "norm_eps",
                ["leading_dense_block_count"] = "num_dense_layers",
            })
        {
            Merge = WidenConvolutions,
            Complete = CompleteConvolutions,
        },
        ["qwen3_next"] = new(new Dictionary<string, string>
        {
            ["qkvz"] = "linear_attn.in_proj_qkvz",
            ["ssm_ba"] = "linear_attn.in_proj_ba",
            ["ssm_conv1d"] = "linear_attn.conv1d",
            ["ssm_dt"] = "linear_attn.dt_bias!",
            ["ssm_a"] = "linear_attn.A_log!",
            ["ssm_norm"] = "linear_attn.norm",
            ["ssm_out"] = "linear_attn.out_proj",
        }, DeltaKeys)
        { Merge = GroupDelta, Complete = CompleteDelta },
        ["qwen3_5_text"] = new(new Dictionary<string, string>
        {
            ["attn_qkv"] = "linear_attn.in_proj_qkv",
            ["attn_gate"] = "linear_attn.in_proj_z",
            ["ssm_beta"] = "linear_attn.in_proj_b",
            ["ssm_alpha"] = "linear_attn.in_proj_a",
            ["ssm_conv1d"] = "linear_attn.conv1d",
            ["ssm_dt"] = "linear_attn.dt_bias!",
            ["ssm_a"] = "linear_attn.A_log!",
            ["ssm_norm"] = "linear_attn.norm",
            ["ssm_out"] = "linear_attn.out_proj",
        }, DeltaKeys)
        {
            Merge = UnturnDelta,
            Complete = (file, config) =>
            {
                CompleteDelta(file, config);
                config["rope_parameters"] = JsonNode.Parse("{\"rope_type\":\"default\",\"mrope_section\":[2,1,1]}");
            },
        },
        ["mamba"] = new(StateSpaceNames, StateSpaceKeys) { LayerPrefix = "backbone.layers.", Merge = UndoStateSpaces },
        ["mamba2"] = new(new(StateSpaceNames) { ["ssm_dt"] = "mixer.dt_bias!", ["ssm_norm"] = "mixer.norm" }, StateSpaceKeys)
        {
            LayerPrefix = "backbone.layers.",
            Merge = UndoStateSpaces,
            Complete = (file, config) => config["head_dim"] = Int(file, "ssm.inner_size") / Int(file, "ssm.time_step_rank"),
        },
        ["mpt"] = new(new Dictionary<string, string>
        {
            ["token_embd"] = "transformer.wte",
            ["output_norm"] = "transformer.norm_f",
            ["attn_norm"] = "norm_1",
            ["attn_qkv"] = "attn.Wqkv",
            ["attn_output"] = "attn.out_proj",
            ["ffn_norm"] = "norm_2",
            ["ffn_up"] = "ffn.up_proj",
            ["ffn_down"] = "ffn.down_proj",
        })
        {
            LayerPrefix = "transformer.blocks.",
            Complete = (file, config) =>
            {
                config["expansion_ratio"] = Int(file, "feed_forward_length") / (double)Int(file, "embedding_length");
                config["attn_config"] = new JsonObject
                {
                    ["alibi"] = true,
                    ["alibi_bias_max"] = 8,
                    ["clip_qkv"] = file.Metadata.Contains("mpt.attention.clamp_kqv") ? 1.5 : null,
                };
            },
        },
        ["gpt_bigcode"] = new(new Dictionary<string, string>
        {
            ["token_embd"] = "transformer.wte",
            ["position_embd"] = "transformer.wpe",
            ["output_norm"] = "transformer.ln_f",
            ["attn_norm"] = "ln_1",
            ["attn_qkv"] = "attn.c_attn",
            ["attn_output"] = "attn.c_proj",
            ["ffn_norm"] = "ln_2",
            ["ffn_up"] = "mlp.c_fc",
            ["ffn_down"] = "mlp.c_proj",
        })
        { LayerPrefix = "transformer.h." },
        ["olmo3"] = new([])
        {
            Complete = (file, config) =>
            {
                config["layer_types"] = new JsonArray([.. file.Metadata.GetBooleanArray("olmo2.attention.sliding_window_pattern")
                    .Select(windowed => (JsonNode)(windowed ? "sliding_attention" : "full_attention"))]);
                config["rope_scaling"] = JsonNode.Parse("{\"rope_type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":1024}");
            },
        },
        ["bert"] = new(new Dictionary<string, string>
        {
            ["token_embd"] = "embeddings.word_embeddings",
            ["token_types"] = "embeddings.token_type_embeddings",
            ["position_embd"] = "embeddings.position_embeddings",
            ["token_embd_norm"] = "embeddings.LayerNorm",
            ["attn_q"] = "attention.self.query",
            ["attn_k"] = "attention.self.key",
            ["attn_v"] = "attention.self.value",
            ["attn_output"] = "attention.output.dense",
            ["attn_output_norm"] = "attention.output.LayerNorm",
            ["ffn_up"] = "intermediate.dense",
            ["ffn_down"] = "output.dense",
            ["layer_output_norm"] = "output.LayerNorm",
        })
        { LayerPrefix = "encoder.layer." },
        ["nomic_bert"] = new(new Dictionary<string, string>
        {
            ["token_embd"] = "embeddings.word_embeddings",
            ["token_types"] = "embeddings.token_type_embeddings",
            ["token_embd_norm"] = "emb_ln",
            ["attn_qkv"] = "attn.Wqkv",
            ["attn_output"] = "attn.out_proj",
            ["attn_output_norm"] = "norm1",
            ["ffn_up"] = "mlp.fc11",
            ["ffn_gate"] = "mlp.fc12",
            ["ffn_down"] = "mlp.fc2",
            ["layer_output_norm"] = "norm2",
        }, new() { ["rope.freq_base"] = "rotary_emb_base" })
        { LayerPrefix = "encoder.layers." },
        ["roberta"] = new([])
        {
            SameAs = "bert",
            Merge = ShiftPositions,
            Complete = (_, config) =>
            {
                config["pad_token_id"] = 1;
                config["max_position_embeddings"] = (int)config["max_position_embeddings"]! + 2;
            },
        },
    };

    /// <summary>What the names of a layer's tensors begin with.</summary>
    public string LayerPrefix { get; init; } = "model.layers.";

    /// <summary>The kind whose names this one has.</summary>
    public string? SameAs { get; init; }

    /// <summary>Undoes what a conversion does.</summary>
    public Action<GgufFile, FolderWeights> Merge { get; init; } = (_, _) => { };

    /// <summary>Completes the configuration.</summary>
    public Action<GgufFile, JsonObject> Complete { get; init; } = (_, _) => { };

    private static int Int(GgufFile file, string key)
        => file.Metadata.GetInt32($"{file.Metadata.GetString("general.architecture")}.{key}", 0);

    private static void CompleteLateGemma(GgufFile file, JsonObject config)
    {
        bool[] windowed = file.Metadata.GetBooleanArray($"{file.Metadata.GetString("general.architecture")}.attention.sliding_window_pattern");
        config["layer_types"] = new JsonArray([.. windowed.Select(each => (JsonNode)(each ? "sliding_attention" : "full_attention"))]);
        config["num_kv_shared_layers"] = Int(file, "attention.shared_kv_layers");
        config["hidden_size_per_layer_input"] = Int(file, "embedding_length_per_layer_input");
        config["hidden_activation"] = "gelu_pytorch_tanh";
    }

    private static JsonArray Floats(GgufFile file, string name)
    {
        Assert.True(file.TryGetTensor(name, out var tensor));
        return new JsonArray([.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray().Select(value => (JsonNode)value)]);
    }

    private static void HalvePairs(GgufFile file, FolderWeights weights)
    {
        foreach (string name in weights.Names.Where(name => name.Contains("attn_q.", StringComparison.Ordinal) || name.Contains("attn_k.", StringComparison.Ordinal)).ToArray())
        {
            var (shape, values) = weights[name];
            int heads = Int(file, name.Contains("attn_q.", StringComparison.Ordinal) ? "attention.head_count" : "attention.head_count_kv");
            weights[name] = (shape, FolderWeights.Halved(values, (int)shape[0], heads));
        }
    }

    private static void FuseGroups(GgufFile file, FolderWeights weights)
    {
        HalvePairs(file, weights);
        int heads = Int(file, "attention.head_count");
        int groups = Int(file, "attention.head_count_kv");
        for (int layer = 0; layer < Int(file, "block_count"); layer++)
        {
            var query = weights.Take($"blk.{layer}.attn_q.weight");
            var key = weights.Take($"blk.{layer}.attn_k.weight");
            var value = weights.Take($"blk.{layer}.attn_v.weight");
            int head = key.Values.Length / groups;
            int each = heads / groups;
            float[] fused = [.. Enumerable.Range(0, groups).SelectMany(group => query.Values[(group * each * head)..((group + 1) * each * head)]
                .Concat(key.Values[(group * head)..((group + 1) * head)]).Concat(value.Values[(group * head)..((group + 1) * head)]))];
            weights[$"blk.{layer}.wqkv.weight"] = ([query.Shape[0] + (2 * key.Shape[0]), query.Shape[1]], fused);
        }
    }

    private static void PadSharedExperts(GgufFile file, FolderWeights weights)
    {
        weights.See("blk.1.exp_probs_b.bias", 1, Int(file, "expert_count"));
        int wanted = 2 * Int(file, "expert_feed_forward_length");
        foreach (string name in (string[])["blk.1.ffn_gate_shexp.weight", "blk.1.ffn_up_shexp.weight"])
        {
            var (shape, values) = weights[name];
            weights[name] = ([wanted, shape[1]], [.. values, .. new float[(wanted - shape[0]) * shape[1]]]);
        }

        var down = FolderWeights.Turned(weights["blk.1.ffn_down_shexp.weight"]);
        weights["blk.1.ffn_down_shexp.weight"] = FolderWeights.Turned(
            ([wanted, down.Shape[1]], [.. down.Values, .. new float[(wanted - down.Shape[0]) * down.Shape[1]]]));
    }

    private static void JoinLatents(GgufFile file, FolderWeights weights)
    {
        for (int layer = 0; layer < Int(file, "block_count"); layer++)
        {
            var keys = FolderWeights.Turned(weights.Take($"blk.{layer}.attn_k_b.weight"));
            var values = weights.Take($"blk.{layer}.attn_v_b.weight");
            int heads = (int)keys.Shape[0];
            float[] joined = [.. Enumerable.Range(0, heads).SelectMany(head
                => keys.Values.Chunk(keys.Values.Length / heads).ElementAt(head).Concat(values.Values.Chunk(values.Values.Length / heads).ElementAt(head)))];
            weights[$"blk.{layer}.kv_b.weight"] = ([heads * (keys.Shape[1] + values.Shape[1]), keys.Shape[2]], joined);
        }
    }

    private static void CompleteLatents(GgufFile file, JsonObject config)
    {
        config.Remove("head_dim");
        config.Remove("rotary_dim");
        if ((int)config["q_lora_rank"]! == 0)
            config["q_lora_rank"] = null;
        config["qk_nope_head_dim"] = Int(file, "attention.key_length_mla") - Int(file, "rope.dimension_count");
        float multiplier = file.Metadata.GetSingle("deepseek2.rope.scaling.yarn_log_multiplier");
        double all = Math.Round(multiplier * 10.0, 5);
        config["rope_scaling"] = new JsonObject
        {
            ["type"] = "yarn",
            ["factor"] = file.Metadata.GetSingle("deepseek2.rope.scaling.factor"),
            ["original_max_position_embeddings"] = 1024,
            ["mscale"] = all,
            ["mscale_all_dim"] = all,
        };
    }

    private static void InterleaveGates(GgufFile file, FolderWeights weights)
    {
        for (int layer = 0; layer < Int(file, "block_count"); layer++)
        {
            string name = $"blk.{layer}.";
            weights[name + "gate_up"] = FolderWeights.Turned(
                FolderWeights.Joined(weights.Take(name + "ffn_gate_exps.weight"), weights.Take(name + "ffn_up_exps.weight"), inTurn: true));
            weights[name + "down"] = FolderWeights.Turned(weights.Take(name + "ffn_down_exps.weight"));
            var gate = weights.Take(name + "ffn_gate_exps.bias");
            var up = weights.Take(name + "ffn_up_exps.bias");
            weights[name + "gate_up_bias"] = ([gate.Shape[0], 2 * gate.Shape[1]], [.. gate.Values.Zip(up.Values).SelectMany(pair => (float[])[pair.First, pair.Second])]);
            weights[name + "down_bias"] = weights.Take(name + "ffn_down_exps.bias");
        }
    }

    private static void JoinGates(GgufFile file, FolderWeights weights)
    {
        foreach (string gate in weights.Names.Where(name => name.EndsWith("ffn_gate_exps.weight", StringComparison.Ordinal)).ToArray())
        {
            string name = gate[..^"ffn_gate_exps.weight".Length];
            weights[name + "gate_up"] = FolderWeights.Turned(FolderWeights.Joined(weights.Take(gate), weights.Take(name + "ffn_up_exps.weight"), false));
            weights[name + "down"] = FolderWeights.Turned(weights.Take(name + "ffn_down_exps.weight"));
        }
    }

    private static void FlattenExperts(GgufFile file, FolderWeights weights)
    {
        for (int layer = 0; layer < Int(file, "block_count"); layer++)
        {
            string down = $"blk.{layer}.ffn_down_exps.weight";
            weights[down] = FolderWeights.Turned(weights[down]);
            foreach (string name in (string[])[$"blk.{layer}.ffn_gate_exps.weight", $"blk.{layer}.ffn_up_exps.weight", down])
                weights.See(name, weights[name].Shape[0] * weights[name].Shape[1], weights[name].Shape[2]);
        }
    }

    private static Dictionary<string, string> ConvolutionNames(Dictionary<string, string> more) => new(more)
    {
        ["token_embd_norm"] = "model.embedding_norm",
        ["attn_norm"] = "operator_norm",
        ["ffn_norm"] = "ffn_norm",
        ["shortconv.conv"] = "conv.conv",
        ["shortconv.in_proj"] = "conv.in_proj",
        ["shortconv.out_proj"] = "conv.out_proj",
        ["attn_output"] = "self_attn.out_proj",
        ["attn_q_norm"] = "self_attn.q_layernorm",
        ["attn_k_norm"] = "self_attn.k_layernorm",
        ["ffn_gate"] = "feed_forward.w1",
        ["ffn_up"] = "feed_forward.w3",
        ["ffn_down"] = "feed_forward.w2",
    };

    private static void WidenConvolutions(GgufFile file, FolderWeights weights)
    {
        foreach (string name in weights.Names.Where(name => name.Contains("conv.conv.", StringComparison.Ordinal) || name.Contains("ssm_conv1d.weight", StringComparison.Ordinal)).ToArray())
            weights.See(name, weights[name].Shape[0], 1, weights[name].Shape[1]);
    }

    private static void CompleteConvolutions(GgufFile file, JsonObject config)
    {
        config["layer_types"] = new JsonArray("conv", "full_attention", "conv");
        config["num_key_value_heads"] = 1;
        config["block_auto_adjust_ff_dim"] = false;
    }

    private static void UndoDecay(FolderWeights weights)
    {
        foreach (string name in weights.Names.Where(name => name.EndsWith(".ssm_a", StringComparison.Ordinal)).ToArray())
            weights.Change(name, value => (float)Math.Log(-value));
    }

    private static void UndoStateSpaces(GgufFile file, FolderWeights weights)
    {
        WidenConvolutions(file, weights);
        UndoDecay(weights);
        foreach (string name in weights.Names.Where(name => weights[name].Shape is [_, 1] || name.EndsWith("ssm_norm.weight", StringComparison.Ordinal)).ToArray())
            weights.See(name, weights[name].Values.Length);
    }

    private static void UndoDeltaNorms(GgufFile file, FolderWeights weights)
    {
        WidenConvolutions(file, weights);
        UndoDecay(weights);
        foreach (string name in weights.Names.Where(name => name.EndsWith("norm.weight", StringComparison.Ordinal) && !name.Contains("ssm_norm", StringComparison.Ordinal)).ToArray())
            weights.Change(name, value => value - 1);
        foreach (string name in weights.Names.Where(name => name.Contains("ffn_gate_inp_shexp", StringComparison.Ordinal)).ToArray())
            weights.See(name, 1, weights[name].Values.Length);
    }

    private static void CompleteDelta(GgufFile file, JsonObject config)
        => config["linear_value_head_dim"] = Int(file, "ssm.inner_size") / Int(file, "ssm.time_step_rank");

    private static void GroupDelta(GgufFile file, FolderWeights weights)
    {
        UndoDeltaNorms(file, weights);
        int groups = Int(file, "ssm.group_count");
        int key = Int(file, "ssm.state_size");
        int value = Int(file, "ssm.inner_size") / groups;
        foreach (string name in weights.Names.Where(name => name.EndsWith("attn_qkv.weight", StringComparison.Ordinal)).ToArray())
        {
            string layer = name[..^"attn_qkv.weight".Length];
            var qkv = weights.Take(name);
            var gate = weights.Take(layer + "attn_gate.weight");
            float[] all = [.. qkv.Values, .. gate.Values];
            int rows = (int)(qkv.Shape[0] + gate.Shape[0]);
            float[] grouped = FolderWeights.Moved(all, rows, row =>
            {
                (int part, int at) = row < groups * key ? (0, row)
                    : row < 2 * groups * key ? (1, row - (groups * key))
                    : row < (2 * groups * key) + (groups * value) ? (2, row - (2 * groups * key))
                    : (3, row - (2 * groups * key) - (groups * value));
                int size = part < 2 ? key : value;
                int start = part switch { 0 => 0, 1 => key, 2 => 2 * key, _ => (2 * key) + value };
                return (at / size * 2 * (key + value)) + start + (at % size);
            });
            weights[layer + "qkvz.weight"] = ([rows, qkv.Shape[1]], grouped);
        }
    }

    private static void UnturnDelta(GgufFile file, FolderWeights weights)
    {
        UndoDeltaNorms(file, weights);
        int groups = Int(file, "ssm.group_count");
        int values = Int(file, "ssm.time_step_rank");
        int length = Int(file, "ssm.inner_size") / values;
        int keys = 2 * groups * Int(file, "ssm.state_size");
        foreach (string name in weights.Names.ToArray())
        {
            if (name.Contains("attn_qkv", StringComparison.Ordinal) || name.Contains("ssm_conv1d", StringComparison.Ordinal))
                weights.MoveRows(name, row => row < keys ? row : keys + Grouped(row - keys, length));
            else if (name.Contains("attn_gate", StringComparison.Ordinal))
                weights.MoveRows(name, row => Grouped(row, length));
            else if (name.Contains("ssm_beta", StringComparison.Ordinal) || name.Contains("ssm_alpha", StringComparison.Ordinal)
                || name.EndsWith("ssm_a", StringComparison.Ordinal) || name.Contains("ssm_dt", StringComparison.Ordinal))
                weights.MoveRows(name, row => Grouped(row, 1));
            else if (name.Contains("ssm_out", StringComparison.Ordinal))
            {
                var turned = FolderWeights.Turned(weights[name]);
                weights[name] = FolderWeights.Turned((turned.Shape, FolderWeights.Moved(turned.Values, (int)turned.Shape[0], row => Grouped(row, length))));
            }
        }

        int Grouped(int row, int size)
        {
            int head = row / size;
            return (((head % groups * (values / groups)) + (head / groups)) * size) + (row % size);
        }
    }

    private static void ShiftPositions(GgufFile file, FolderWeights weights)
    {
        var (shape, values) = weights["position_embd.weight"];
        weights["position_embd.weight"] = ([shape[0] + 2, shape[1]], [.. new float[2 * shape[1]], .. values]);
    }
}
