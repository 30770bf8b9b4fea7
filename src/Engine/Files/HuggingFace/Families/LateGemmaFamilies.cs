using System.Text.Json;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Gemma 3n and 4: norms multiply with their weights as they are, and layers differ by kind.</summary>
internal static class LateGemmaFamilies
{
    private static IReadOnlyList<KeyRule> Keys =>
    [
        .. CommonKeys.Sizes,
        KeyRule.Number("attention.layer_norm_rms_epsilon", "rms_norm_eps", 1e-6),
        new("rope.freq_base", config => Base(config, "full_attention", "rope_theta", 1_000_000)),
        new("rope.freq_base_swa", config => Base(config, "sliding_attention", "rope_local_base_freq", 10_000)),
        new("attention.sliding_window", config => (uint)(config.Int("sliding_window") ?? 512)),
        new("attention.sliding_window_pattern", config => GgufValue.ArrayOf<bool>(
            [.. Enumerable.Range(0, config.RequiredInt(CommonKeys.Layers)).Select(layer => IsWindowed(config, layer))])),
        new("attention.shared_kv_layers", config => (uint)SharedLayers(config)),
        new("embedding_length_per_layer_input", config => (uint)InputLength(config)),
    ];

    private static IReadOnlyList<KeyRule> ExpertKeys =>
    [
        new("expert_count", config => HasExperts(config) ? (uint)config.RequiredInt("num_experts") : null),
        new("expert_used_count", config => HasExperts(config) ? (uint)config.RequiredInt("top_k_experts") : null),
        new("expert_feed_forward_length", config => HasExperts(config) ? (uint)config.RequiredInt("moe_intermediate_size") : null),
    ];

    private static IReadOnlyList<TensorRule> Layers =>
    [
        new("token_embd", "embed_tokens"),
        new("output", "/lm_head|/language_model.lm_head", IsOptional: true),
        new("output_norm", "norm"),
        new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
        new("blk.{l}.attn_q", "layers.{l}.self_attn.q_proj"),
        new("blk.{l}.attn_q_norm", "layers.{l}.self_attn.q_norm"),
        .. KeysAndValues,
        new("blk.{l}.attn_output", "layers.{l}.self_attn.o_proj"),
        new("blk.{l}.post_attention_norm", "layers.{l}.post_attention_layernorm"),
        new("blk.{l}.ffn_norm", "layers.{l}.pre_feedforward_layernorm"),
        .. LlamaLike.FeedForward,
        new("blk.{l}.post_ffw_norm", "layers.{l}.post_feedforward_layernorm"),
        .. PerLayerInputs,
    ];

    /// <summary>Layers that use an earlier one's keys and values may bring some along all the same.</summary>
    private static IReadOnlyList<TensorRule> KeysAndValues =>
    [
        .. TensorRule.On(
            (config, layer) => !IsShared(config, layer),
            new("blk.{l}.attn_k", "layers.{l}.self_attn.k_proj"),
            new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.k_norm")),
        .. TensorRule.On(
            (config, layer) => !IsShared(config, layer) && !IsKeyValue(config, layer),
            new TensorRule("blk.{l}.attn_v", "layers.{l}.self_attn.v_proj")),
        .. TensorRule.On(
            IsShared,
            new("blk.{l}.attn_k", "layers.{l}.self_attn.k_proj", IsOptional: true),
            new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.k_norm", IsOptional: true),
            new("blk.{l}.attn_v", "layers.{l}.self_attn.v_proj", IsOptional: true)),
    ];

    private static IReadOnlyList<TensorRule> PerLayerInputs =>
    [
        .. TensorRule.On(
            (config, _) => InputLength(config) > 0,
            new("per_layer_token_embd", "embed_tokens_per_layer", EveryToken),
            new("per_layer_model_proj", "per_layer_model_projection"),
            new("per_layer_proj_norm", "per_layer_projection_norm"),
            new("blk.{l}.inp_gate", "layers.{l}.per_layer_input_gate"),
            new("blk.{l}.proj", "layers.{l}.per_layer_projection"),
            new("blk.{l}.post_norm", "layers.{l}.post_per_layer_input_norm")),
    ];

    private static IReadOnlyList<TensorRule> Experts =>
    [
        .. TensorRule.On(
            (config, _) => HasExperts(config),
            new("blk.{l}.ffn_gate_inp", "layers.{l}.router.proj"),
            new("blk.{l}.ffn_gate_inp.scale", "layers.{l}.router.scale") { IsWhole = true },
            new("blk.{l}.ffn_gate_up_exps.weight", "layers.{l}.experts.gate_up_proj"),
            new("blk.{l}.ffn_down_exps.weight", "layers.{l}.experts.down_proj"),
            new("blk.{l}.ffn_down_exps.scale", "layers.{l}.router.per_expert_scale") { IsWhole = true },
            new("blk.{l}.post_ffw_norm_1", "layers.{l}.post_feedforward_layernorm_1"),
            new("blk.{l}.pre_ffw_norm_2", "layers.{l}.pre_feedforward_layernorm_2"),
            new("blk.{l}.post_ffw_norm_2", "layers.{l}.post_feedforward_layernorm_2")),
    ];

    private static IReadOnlyList<TensorRule> Streams =>
    [
        new("altup_proj", "altup_projections.{e}"),
        new("altup_unembd_proj", "altup_unembed_projections.{e}"),
        new("blk.{l}.altup_correct_coef", "layers.{l}.altup.correction_coefs"),
        new("blk.{l}.altup_correct_scale.weight", "layers.{l}.altup.correct_output_scale"),
        new("blk.{l}.altup_predict_coef", "layers.{l}.altup.prediction_coefs"),
        new("blk.{l}.altup_router", "layers.{l}.altup.modality_router"),
        new("blk.{l}.altup_router_norm", "layers.{l}.altup.router_norm"),
        new("blk.{l}.laurel_l", "layers.{l}.laurel.linear_left"),
        new("blk.{l}.laurel_r", "layers.{l}.laurel.linear_right"),
        new("blk.{l}.laurel_post_norm", "layers.{l}.laurel.post_laurel_norm"),
    ];

    private static string[] OtherSenses => ["model.embed_vision.", "model.embed_audio."];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("gemma4", ["gemma4_text", "gemma4"], LlamaLike.Prefixes,
            [
                .. Keys, .. ExpertKeys,
                KeyRule.OptionalNumber("final_logit_softcapping", "final_logit_softcapping"),
                new("attention.head_count_kv", KvHeads),
                new("feed_forward_length", Neurons),
                .. Length("attention.key_length", GlobalLength), .. Length("attention.value_length", GlobalLength),
                .. Length("rope.dimension_count", GlobalLength),
                .. Length("attention.key_length_swa", HeadLength), .. Length("attention.value_length_swa", HeadLength),
                .. Length("rope.dimension_count_swa", HeadLength),
            ],
            [.. Layers, .. Experts, new("blk.{l}.layer_output_scale.weight", "layers.{l}.layer_scalar", IsOptional: true)])
        {
            Ignored = OtherSenses,
            Check = config =>
            {
                if (CommonKeys.ScalingType(config) is not "proportional")
                    throw config.Unsupported("rope_parameters of full_attention should be proportional, as a gemma4 model's are");
                if (config.Text("use_bidirectional_attention") is "all")
                    throw config.Unsupported("use_bidirectional_attention is 'all', but only what the model sees may look ahead here");
            },
        },
        new("gemma3n", ["gemma3n_text", "gemma3n"], LlamaLike.Prefixes,
            [
                .. Keys,
                KeyRule.Number("final_logit_softcapping", "final_logit_softcapping", 30),
                KeyRule.Int("attention.head_count_kv", CommonKeys.KvHeads),
                new("feed_forward_length", Neurons),
                .. Length("attention.key_length", HeadLength), .. Length("attention.value_length", HeadLength),
                .. Length("rope.dimension_count", HeadLength),
            ],
            [.. Layers, .. Streams])
        {
            Ignored = OtherSenses,
            Check = config =>
            {
                if ((config.Int("altup_num_inputs") ?? 4, config.Int("altup_active_idx") ?? 0, config.Int("laurel_rank") ?? 64) is not (4, 0, 64))
                    throw config.Unsupported("altup_num_inputs, altup_active_idx and laurel_rank should be 4, 0 and 64, as every gemma3n model has them");
                if (config.Numbers("activation_sparsity_pattern") is { } sparsity
                    && sparsity.Where((share, layer) => share != (layer < 10 ? 0.95f : 0)).Any())
                    throw config.Unsupported("the first ten layers alone should be sparse, with a share of 0.95 (activation_sparsity_pattern)");
            },
        },
    ];

    /// <summary>Tokens beyond the table have the row of token 0, as images and sounds do.</summary>
    private static TensorChange EveryToken { get; } = TensorChange.OfRows((config, source) =>
        new RowOrder(Math.Max(config.RequiredInt("vocab_size"), source.MatrixRows), row => row < source.MatrixRows ? row : 0));

    private static bool HasExperts(ModelConfig config) => config.Flag("enable_moe_block", false);

    private static int SharedLayers(ModelConfig config)
        => Math.Min(config.Int("num_kv_shared_layers") ?? (config.ModelType.StartsWith("gemma3n", StringComparison.Ordinal) ? 15 : 0), config.RequiredInt(CommonKeys.Layers) - 1);

    private static int InputLength(ModelConfig config) => config.Int("hidden_size_per_layer_input") ?? 256;

    private static int HeadLength(ModelConfig config) => config.Int("head_dim") ?? 256;

    private static int GlobalLength(ModelConfig config) => config.Int("global_head_dim") ?? 512;

    private static bool IsShared(ModelConfig config, int layer) => layer >= config.RequiredInt(CommonKeys.Layers) - SharedLayers(config);

    private static bool IsKeyValue(ModelConfig config, int layer) => config.Flag("attention_k_eq_v", false) && !IsWindowed(config, layer);

    private static bool IsWindowed(ModelConfig config, int layer)
    {
        if (config.Texts("layer_types") is { } types)
            return layer < types.Length ? types[layer] == "sliding_attention" : throw config.Unsupported($"layer_types has {types.Length} entries, too few");
        bool isFourth = config.ModelType.StartsWith("gemma4", StringComparison.Ordinal);
        return (layer + 1) % (isFourth ? 6 : 5) != 0 && !(isFourth && layer == config.RequiredInt(CommonKeys.Layers) - 1);
    }

    private static GgufValue KvHeads(ModelConfig config)
    {
        int windowed = config.Int(CommonKeys.KvHeads) ?? 4;
        if (!config.Flag("attention_k_eq_v", false) || config.Int("num_global_key_value_heads") is not { } global)
            return (uint)windowed;
        return GgufValue.ArrayOf<uint>(
            [.. Enumerable.Range(0, config.RequiredInt(CommonKeys.Layers)).Select(layer => (uint)(IsWindowed(config, layer) ? windowed : global))]);
    }

    private static GgufValue Neurons(ModelConfig config)
    {
        int layers = config.RequiredInt(CommonKeys.Layers);
        if (config.TryGet("intermediate_size", out var stated) && stated.ValueKind == JsonValueKind.Array)
            return GgufValue.ArrayOf<uint>(Array.ConvertAll(config.Numbers("intermediate_size")!, neurons => checked((uint)neurons)));
        uint inner = (uint)config.RequiredInt("intermediate_size");
        return config.Flag("use_double_wide_mlp", false)
            ? GgufValue.ArrayOf<uint>([.. Enumerable.Range(0, layers).Select(layer => IsShared(config, layer) ? 2 * inner : inner)])
            : inner;
    }

    private static float Base(ModelConfig config, string kind, string older, double fallback)
        => (float)(config.Part($"rope_parameters.{kind}")?.Number("rope_theta") ?? config.Number(older) ?? fallback);

    private static IEnumerable<KeyRule> Length(string target, Func<ModelConfig, int> length)
        => [new(target, config => (GgufValue)(uint)length(config))];
}
