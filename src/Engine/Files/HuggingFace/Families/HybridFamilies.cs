using System.Text.Json;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Families some or all of whose layers keep a state in place of keys and values.</summary>
internal static class HybridFamilies
{
    private static IReadOnlyList<KeyRule> DeltaKeys =>
    [
        .. LlamaLike.Keys.Where(rule => rule.Target is not ("rope.dimension_count" or "feed_forward_length")),
        KeyRule.OptionalInt("feed_forward_length", "intermediate_size"),
        new("rope.dimension_count", config => (uint)CommonKeys.RotaryLength(config, 0.25)),
        KeyRule.Int("ssm.conv_kernel", "linear_conv_kernel_dim"),
        KeyRule.Int("ssm.state_size", "linear_key_head_dim"),
        KeyRule.Int("ssm.group_count", "linear_num_key_heads"),
        KeyRule.Int("ssm.time_step_rank", "linear_num_value_heads"),
        new("ssm.inner_size", config => (uint)(config.RequiredInt("linear_num_value_heads") * config.RequiredInt("linear_value_head_dim"))),
        new("full_attention_interval", config => (uint)Interval(config)),
    ];

    private static IReadOnlyList<KeyRule> MixtureKeys =>
    [
        .. LlamaLike.ExpertKeys,
        KeyRule.Int("expert_feed_forward_length", "moe_intermediate_size"),
        KeyRule.Int("expert_shared_feed_forward_length", "shared_expert_intermediate_size"),
    ];

    private static IReadOnlyList<TensorRule> DeltaFrame =>
    [
        new("token_embd", "embed_tokens"),
        new("output", "/lm_head", IsOptional: true),
        new("output_norm", "norm", TensorChange.AddOne),
        new("blk.{l}.attn_norm", "layers.{l}.input_layernorm", TensorChange.AddOne),
        new("blk.{l}.post_attention_norm", "layers.{l}.post_attention_layernorm", TensorChange.AddOne),
        .. TensorRule.On(
            IsFull,
            [
                .. LlamaLike.Attention,
                new("blk.{l}.attn_q_norm", "layers.{l}.self_attn.q_norm", TensorChange.AddOne),
                new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.k_norm", TensorChange.AddOne),
            ]),
        .. TensorRule.On((config, layer) => !IsFull(config, layer), new TensorRule("blk.{l}.ssm_norm", "layers.{l}.linear_attn.norm")),
    ];

    private static IReadOnlyList<TensorRule> SharedExpert =>
    [
        new("blk.{l}.ffn_gate_inp_shexp", "layers.{l}.mlp.shared_expert_gate", TensorChange.Squeeze),
        new("blk.{l}.ffn_gate_shexp", "layers.{l}.mlp.shared_expert.gate_proj"),
        new("blk.{l}.ffn_up_shexp", "layers.{l}.mlp.shared_expert.up_proj"),
        new("blk.{l}.ffn_down_shexp", "layers.{l}.mlp.shared_expert.down_proj"),
    ];

    /// <summary>Queries, keys, values and gates of the delta rule come key head by key head, as do betas and alphas.</summary>
    private static IReadOnlyList<TensorRule> GroupedDelta =>
    [
        new("blk.{l}.attn_qkv", "layers.{l}.linear_attn.in_proj_qkvz", TensorChange.OfRows(QueriesKeysValues)),
        new("blk.{l}.attn_gate", "layers.{l}.linear_attn.in_proj_qkvz", TensorChange.OfRows(Gates)),
        new("blk.{l}.ssm_ba", "layers.{l}.linear_attn.in_proj_ba"),
        new("blk.{l}.ssm_conv1d", "layers.{l}.linear_attn.conv1d", TensorChange.Squeeze),
        new("blk.{l}.ssm_dt.bias", "layers.{l}.linear_attn.dt_bias"),
        new("blk.{l}.ssm_a", "layers.{l}.linear_attn.A_log", TensorChange.NegatedExponential) { IsWhole = true },
        new("blk.{l}.ssm_out", "layers.{l}.linear_attn.out_proj"),
    ];

    /// <summary>Value heads of one key head stand together, in GGUF as far apart as there are key heads.</summary>
    private static IReadOnlyList<TensorRule> TurnedDelta =>
    [
        new("blk.{l}.attn_qkv", "layers.{l}.linear_attn.in_proj_qkv", TensorChange.OfRows((config, source) => InTurn(config, source, 2 * KeyLength(config)))),
        new("blk.{l}.attn_gate", "layers.{l}.linear_attn.in_proj_z", TensorChange.OfRows((config, source) => InTurn(config, source, 0))),
        new("blk.{l}.ssm_beta", "layers.{l}.linear_attn.in_proj_b", TensorChange.OfRows((config, source) => InTurn(config, source, 0, 1))),
        new("blk.{l}.ssm_alpha", "layers.{l}.linear_attn.in_proj_a", TensorChange.OfRows((config, source) => InTurn(config, source, 0, 1))),
        new("blk.{l}.ssm_conv1d", "layers.{l}.linear_attn.conv1d", TensorChange.Squeeze with
        {
            Rows = (config, source) => InTurn(config, source, 2 * KeyLength(config)),
        }),
        new("blk.{l}.ssm_dt.bias", "layers.{l}.linear_attn.dt_bias", TensorChange.OfRows((config, source) => InTurn(config, source, 0, 1))),
        new("blk.{l}.ssm_a", "layers.{l}.linear_attn.A_log", TensorChange.NegatedExponential with
        {
            Rows = (config, source) => InTurn(config, source, 0, 1),
        })
        { IsWhole = true },
        new("blk.{l}.ssm_out", "layers.{l}.linear_attn.out_proj", new TensorChange { Columns = ColumnsInTurn }),
    ];

    private static KeyRule RopeSections { get; } = new("rope.dimension_sections", config =>
    {
        int[] sections = CommonKeys.Scaling(config)?.Numbers("mrope_section") is { } stated ? Array.ConvertAll(stated, size => (int)size) : [11, 11, 10];
        return GgufValue.ArrayOf<int>([.. sections, .. new int[Math.Max(4 - sections.Length, 0)]]);
    });

    private static IReadOnlyList<string> Predictors => ["mtp.", "model.mtp."];

    private static IReadOnlyList<KeyRule> ConvolutionKeys =>
    [
        .. CommonKeys.Rotary.Where(rule => rule.Target != "attention.head_count_kv"),
        new("attention.head_count_kv", config => GgufValue.ArrayOf<int>(
            [.. Enumerable.Range(0, config.RequiredInt(CommonKeys.Layers)).Select(layer => IsConvolution(config, layer) ? 0 : CommonKeys.KvHeadCount(config))])),
        KeyRule.Number("attention.layer_norm_rms_epsilon", "norm_eps|block_norm_eps"),
        KeyRule.Int("shortconv.l_cache", "conv_L_cache"),
    ];

    private static IReadOnlyList<TensorRule> ConvolutionFrame =>
    [
        new("token_embd", "embed_tokens"),
        new("output", "/lm_head", IsOptional: true),
        new("token_embd_norm", "embedding_norm"),
        new("blk.{l}.attn_norm", "layers.{l}.operator_norm"),
        new("blk.{l}.ffn_norm", "layers.{l}.ffn_norm"),
        .. TensorRule.On(
            IsConvolution,
            new("blk.{l}.shortconv.conv", "layers.{l}.conv.conv", TensorChange.Squeeze),
            new("blk.{l}.shortconv.in_proj", "layers.{l}.conv.in_proj"),
            new("blk.{l}.shortconv.out_proj", "layers.{l}.conv.out_proj")),
        .. TensorRule.On(
            (config, layer) => !IsConvolution(config, layer),
            new("blk.{l}.attn_q", "layers.{l}.self_attn.q_proj"),
            new("blk.{l}.attn_k", "layers.{l}.self_attn.k_proj"),
            new("blk.{l}.attn_v", "layers.{l}.self_attn.v_proj"),
            new("blk.{l}.attn_output", "layers.{l}.self_attn.out_proj"),
            new("blk.{l}.attn_q_norm", "layers.{l}.self_attn.q_layernorm"),
            new("blk.{l}.attn_k_norm", "layers.{l}.self_attn.k_layernorm")),
    ];

    private static IReadOnlyList<TensorRule> ConvolutionFeedForward =>
    [
        new("blk.{l}.ffn_gate", "layers.{l}.feed_forward.w1"),
        new("blk.{l}.ffn_up", "layers.{l}.feed_forward.w3"),
        new("blk.{l}.ffn_down", "layers.{l}.feed_forward.w2"),
    ];

    private static IReadOnlyList<KeyRule> StateSpaceKeys =>
    [
        KeyRule.OptionalInt("vocab_size", "vocab_size"),
        new("context_length", _ => 1u << 20),
        KeyRule.Int("embedding_length", CommonKeys.Width),
        KeyRule.Int("block_count", CommonKeys.Layers),
        new("feed_forward_length", _ => 0u),
        new("attention.head_count", _ => 0u),
        new("ssm.conv_kernel", config => (uint)(config.Int("conv_kernel|d_conv") ?? 4)),
        new("ssm.inner_size", config => (uint)InnerSize(config)),
        KeyRule.Number("attention.layer_norm_rms_epsilon", "layer_norm_epsilon|rms_norm_eps", 1e-5),
    ];

    private static IReadOnlyList<TensorRule> StateSpaceFrame =>
    [
        new("token_embd", "embeddings") { Otherwise = new("token_embd", "embedding") },
        new("output", "/lm_head", IsOptional: true),
        new("output_norm", "norm_f"),
        new("blk.{l}.attn_norm", "layers.{l}.norm"),
        new("blk.{l}.ssm_in", "layers.{l}.mixer.in_proj"),
        new("blk.{l}.ssm_conv1d", "layers.{l}.mixer.conv1d", TensorChange.Squeeze),
        new("blk.{l}.ssm_out", "layers.{l}.mixer.out_proj"),
    ];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("qwen3next", ["qwen3_next"], LlamaLike.Prefixes, [.. DeltaKeys, .. MixtureKeys],
            [.. DeltaFrame, .. TensorRule.On((config, layer) => !IsFull(config, layer), GroupedDelta), .. LlamaLike.Experts, .. SharedExpert])
        {
            Ignored = Predictors,
            Check = CheckLayers,
        },
        new("qwen35", ["qwen3_5_text", "qwen3_5"], LlamaLike.Prefixes, [.. DeltaKeys, RopeSections],
            [.. DeltaFrame, .. TensorRule.On((config, layer) => !IsFull(config, layer), TurnedDelta), .. LlamaLike.FeedForward])
        {
            Ignored = Predictors,
            Check = CheckLayers,
        },
        new("qwen35moe", ["qwen3_5_moe_text", "qwen3_5_moe"], LlamaLike.Prefixes, [.. DeltaKeys, RopeSections, .. MixtureKeys],
            [
                .. DeltaFrame, .. TensorRule.On((config, layer) => !IsFull(config, layer), TurnedDelta), .. SharedExpert,
                new("blk.{l}.ffn_gate_inp", "layers.{l}.mlp.gate"),
                new("blk.{l}.ffn_gate_exps.weight", "layers.{l}.mlp.experts.gate_up_proj", TensorChange.FirstHalf)
                {
                    Otherwise = new("blk.{l}.ffn_gate_exps", "layers.{l}.mlp.experts.{e}.gate_proj"),
                },
                new("blk.{l}.ffn_up_exps.weight", "layers.{l}.mlp.experts.gate_up_proj", TensorChange.SecondHalf)
                {
                    Otherwise = new("blk.{l}.ffn_up_exps", "layers.{l}.mlp.experts.{e}.up_proj"),
                },
                new("blk.{l}.ffn_down_exps.weight", "layers.{l}.mlp.experts.down_proj")
                {
                    Otherwise = new("blk.{l}.ffn_down_exps", "layers.{l}.mlp.experts.{e}.down_proj"),
                },
            ])
        {
            Ignored = Predictors,
            Check = CheckLayers,
        },
        new("lfm2", ["lfm2"], LlamaLike.Prefixes, [.. ConvolutionKeys, new("feed_forward_length", config => (uint)ConvolutionInner(config))],
            [.. ConvolutionFrame, .. ConvolutionFeedForward]),
        new("lfm2moe", ["lfm2_moe"], LlamaLike.Prefixes,
            [
                .. ConvolutionKeys, .. LlamaLike.ExpertKeys,
                KeyRule.Int("feed_forward_length", "intermediate_size"),
                KeyRule.Int("expert_feed_forward_length", "moe_intermediate_size"),
                KeyRule.Int("leading_dense_block_count", "num_dense_layers"),
                new("expert_gating_func", _ => 2u),
                KeyRule.Number("expert_weights_scale", "routed_scaling_factor", 1),
            ],
            [
                .. ConvolutionFrame,
                .. TensorRule.On((config, layer) => layer < config.RequiredInt("num_dense_layers"), ConvolutionFeedForward),
                .. TensorRule.On(
                    (config, layer) => layer >= config.RequiredInt("num_dense_layers"),
                    new("blk.{l}.ffn_gate_inp", "layers.{l}.feed_forward.gate"),
                    new("blk.{l}.exp_probs_b.bias", "layers.{l}.feed_forward.expert_bias", IsOptional: true),
                    new("blk.{l}.ffn_gate_exps", "layers.{l}.feed_forward.experts.{e}.w1"),
                    new("blk.{l}.ffn_up_exps", "layers.{l}.feed_forward.experts.{e}.w3"),
                    new("blk.{l}.ffn_down_exps", "layers.{l}.feed_forward.experts.{e}.w2")),
            ])
        {
            Check = config =>
            {
                if (!config.Flag("norm_topk_prob", true))
                    throw config.Unsupported("norm_topk_prob is false, which lfm2_moe is not supported with");
            },
        },
        new("mamba", ["mamba", "falcon_mamba"], ["backbone.", "model.backbone."],
            [
                .. StateSpaceKeys,
                new("ssm.state_size", config => (uint)(config.Int("state_size|d_state") ?? 16)),
                new("ssm.time_step_rank", config => (uint)StepRank(config)),
                new("ssm.dt_b_c_rms", config => config.ModelType == "falcon_mamba"),
            ],
            [
                .. StateSpaceFrame,
                new("blk.{l}.ssm_x", "layers.{l}.mixer.x_proj"),
                new("blk.{l}.ssm_dt", "layers.{l}.mixer.dt_proj"),
                new("blk.{l}.ssm_a", "layers.{l}.mixer.A_log", TensorChange.NegatedExponential) { IsWhole = true },
                new("blk.{l}.ssm_d", "layers.{l}.mixer.D") { IsWhole = true },
            ]),
        new("mamba2", ["mamba2"], ["backbone.", "model.backbone."],
            [
                .. StateSpaceKeys,
                new("ssm.state_size", config => (uint)(config.Int("state_size|d_state") ?? 128)),
                new("ssm.time_step_rank", config => (uint)(InnerSize(config) / Math.Max(config.Int("head_dim") ?? 64, 1))),
                new("ssm.group_count", config => (uint)Groups(config)),
            ],
            [
                .. StateSpaceFrame,
                new("blk.{l}.ssm_dt.bias", "layers.{l}.mixer.dt_bias"),
                new("blk.{l}.ssm_a", "layers.{l}.mixer.A_log", TensorChange.NegatedExponential with { Reshape = TensorChange.Column.Reshape })
                {
                    IsWhole = true,
                },
                new("blk.{l}.ssm_d", "layers.{l}.mixer.D", TensorChange.Column) { IsWhole = true },
                new("blk.{l}.ssm_norm", "layers.{l}.mixer.norm", new TensorChange { Reshape = (config, shape) => [Groups(config), shape[^1] / Groups(config)] }),
            ]),
    ];

    private static int Interval(ModelConfig config)
    {
        if (config.Int("full_attention_interval") is > 0 and var interval)
            return interval;
        string[]? types = config.Texts("layer_types");
        int first = types is null ? -1 : Array.IndexOf(types, "full_attention");
        return first >= 0 ? first + 1 : 4;
    }

    private static bool IsFull(ModelConfig config, int layer) => (layer + 1) % Interval(config) == 0;

    private static void CheckLayers(ModelConfig config)
    {
        int interval = Interval(config);
        if (config.Texts("layer_types") is { } types
            && types.Index().Any(each => each.Item != ((each.Index + 1) % interval == 0 ? "full_attention" : "linear_attention")))
        {
            throw config.Unsupported($"layers of full attention are supported every {interval} layers alone (layer_types)");
        }

        if (config.RequiredInt("linear_num_key_heads") == 0 || config.RequiredInt("linear_num_value_heads") % config.RequiredInt("linear_num_key_heads") != 0)
            throw config.Unsupported("linear_num_value_heads is no multiple of linear_num_key_heads");
        if (!config.Flag("norm_topk_prob", true))
            throw config.Unsupported($"norm_topk_prob is false, which {config.ModelType} is not supported with");
    }

    private static long KeyLength(ModelConfig config)
        => (long)config.RequiredInt("linear_num_key_heads") * config.RequiredInt("linear_key_head_dim");

    /// <summary>Rows of the queries, of the keys, of the values and of the gates of one key head.</summary>
    private static (long Groups, long Key, long Value) GroupSizes(ModelConfig config, SourceMatrix source)
    {
        long groups = config.RequiredInt("linear_num_key_heads");
        long key = config.RequiredInt("linear_key_head_dim");
        long value = config.RequiredInt("linear_num_value_heads") / groups * (long)config.RequiredInt("linear_value_head_dim");
        return source.MatrixRows == groups * 2 * (key + value)
            ? (groups, key, value)
            : throw source.Misfit($"has not {groups} groups of {2 * (key + value)} rows, as the configuration says");
    }

    private static RowOrder QueriesKeysValues(ModelConfig config, SourceMatrix source)
    {
        var (groups, key, value) = GroupSizes(config, source);
        long each = 2 * (key + value);
        return new RowOrder(groups * (key + key + value), row =>
        {
            if (row < 2 * groups * key)
            {
                (long part, long rest) = Math.DivRem(row, groups * key);
                return (rest / key * each) + (part * key) + (rest % key);
            }

            long at = row - (2 * groups * key);
            return (at / value * each) + (2 * key) + (at % value);
        });
    }

    private static RowOrder Gates(ModelConfig config, SourceMatrix source)
    {
        var (groups, key, value) = GroupSizes(config, source);
        return HeadOrder.OfBlocks(source, groups, 2 * (key + value), (2 * key) + value, value);
    }

    private static RowOrder InTurn(ModelConfig config, SourceMatrix source, long first, int? length = null)
        => InTurn(config, source, source.MatrixRows, first, length);

    private static RowOrder ColumnsInTurn(ModelConfig config, SourceMatrix source) => InTurn(config, source, source.Columns, 0, null);

    private static RowOrder InTurn(ModelConfig config, SourceMatrix source, long count, long first, int? length)
    {
        int groups = config.RequiredInt("linear_num_key_heads");
        int values = config.RequiredInt("linear_num_value_heads");
        int size = length ?? config.RequiredInt("linear_value_head_dim");
        return count == first + ((long)values * size)
            ? HeadOrder.InTurn(first, groups, values / groups, size)
            : throw source.Misfit($"has not {values} heads of {size} values, as the configuration says");
    }

    private static bool IsConvolution(ModelConfig config, int layer)
    {
        if (config.Texts("layer_types") is { } types)
        {
            return layer < types.Length ? types[layer] != "full_attention"
                : throw config.Unsupported($"layer_types has {types.Length} entries for {layer + 1} layers or more");
        }

        return config.Numbers("full_attn_idxs") is { } full ? !full.Contains(layer)
            : throw config.Unsupported("layer_types is missing; it should say which layers are convolutions");
    }

    private static int ConvolutionInner(ModelConfig config)
    {
        int inner = config.RequiredInt("block_ff_dim|intermediate_size");
        if (!config.Flag("block_auto_adjust_ff_dim", true))
            return inner;
        double adjusted = Math.Floor((config.Number("block_ffn_dim_multiplier") ?? 1) * (int)(2.0 * inner / 3));
        int multiple = Math.Max(config.Int("block_multiple_of") ?? 256, 1);
        return adjusted is >= 1 and < 1 << 24
            ? (int)((adjusted + multiple - 1) / multiple) * multiple
            : throw config.Unsupported($"block_ff_dim is {inner}, which makes no feed-forward");
    }

    private static int StepRank(ModelConfig config)
        => (config.TryGet("time_step_rank|dt_rank", out var rank) && rank.ValueKind == JsonValueKind.String && rank.ValueEquals("auto")
                ? null : config.Int("time_step_rank|dt_rank"))
            ?? (config.RequiredInt(CommonKeys.Width) + 15) / 16;

    private static int InnerSize(ModelConfig config)
        => config.Int("intermediate_size|d_inner") ?? (int)Math.Min(
            config.RequiredInt(CommonKeys.Width) * (config.Number("expand") ?? 2), 1 << 20);

    private static int Groups(ModelConfig config) => Math.Max(config.Int("n_groups") ?? 1, 1);
}
