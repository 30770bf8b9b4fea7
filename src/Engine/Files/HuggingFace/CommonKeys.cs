using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>Hyper-parameters that many families name alike.</summary>
internal static class CommonKeys
{
    public const string Layers = "num_hidden_layers|n_layer|n_layers|num_layers";
    public const string Width = "hidden_size|n_embd|d_model";
    public const string Heads = "num_attention_heads|n_head|n_heads";
    public const string KvHeads = "num_key_value_heads|num_kv_heads";

    /// <summary>The sizes of a decoder.</summary>
    public static IReadOnlyList<KeyRule> Sizes { get; } =
    [
        KeyRule.OptionalInt("vocab_size", "vocab_size"),
        new("context_length", config => (uint)(config.Int("max_position_embeddings|n_positions|n_ctx|max_seq_len|max_sequence_length|seq_length") ?? 2048)),
        KeyRule.Int("embedding_length", Width),
        KeyRule.Int("block_count", Layers),
        KeyRule.Int("attention.head_count", Heads),
    ];

    /// <summary>Sizes, grouped heads with lengths of their own, rotary embedding.</summary>
    public static IReadOnlyList<KeyRule> Rotary { get; } =
    [
        .. Sizes,
        KeyRule.OptionalInt("attention.head_count_kv", KvHeads),
        KeyRule.OptionalInt("attention.key_length", "head_dim"),
        KeyRule.OptionalInt("attention.value_length", "head_dim"),
        new("rope.dimension_count", config => (uint)RotaryLength(config)),
        new("rope.freq_base", config => RopeBase(config)),
        .. RopeScaling,
    ];

    /// <summary>Frequencies that are stretched beyond the trained context.</summary>
    private static IReadOnlyList<KeyRule> RopeScaling =>
    [
        new("rope.scaling.type", config => ScalingType(config) switch
        {
            "linear" => (GgufValue)"linear",
            "yarn" => (GgufValue)"yarn",
            "longrope" or "su" => (GgufValue)"longrope",
            null or "default" or "llama3" or "dynamic" or "mrope" => null,
            var other => throw config.Unsupported($"the rope scaling '{other}' is not supported; there are linear, yarn, llama3 and longrope"),
        }),
        new("rope.scaling.factor", config => ScalingType(config) is "linear" or "yarn" ? Factor(config) : null),
        new("rope.scaling.original_context_length", config => ScalingType(config) is "yarn" or "longrope" or "su"
            && (Scaling(config)!.Int("original_max_position_embeddings") ?? config.Int("original_max_position_embeddings")) is { } length
            ? (uint)length : null),
        new("rope.scaling.attn_factor", LongRopeMagnitude),
        new("rope.scaling.yarn_beta_fast", config => Yarn(config, "beta_fast")),
        new("rope.scaling.yarn_beta_slow", config => Yarn(config, "beta_slow")),
    ];

    /// <summary>Values of a head.</summary>
    public static int HeadLength(ModelConfig config)
        => config.Int("head_dim") ?? config.RequiredInt(Width) / Math.Max(config.RequiredInt(Heads), 1);

    /// <summary>Values of a head that are rotated.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="share">The share of a head where it does not say.</param>
    public static int RotaryLength(ModelConfig config, double share = 1)
        => config.Int("rotary_dim") ?? (int)(HeadLength(config)
            * (config.Number("partial_rotary_factor|rotary_pct|rope_pct") ?? Scaling(config)?.Number("partial_rotary_factor") ?? share));

    /// <summary>Base of the frequencies.</summary>
    public static float RopeBase(ModelConfig config)
        => (float)(config.Number("rope_theta|rotary_emb_base") ?? Scaling(config)?.Number("rope_theta") ?? 10000);

    /// <summary>Key and value heads.</summary>
    public static int KvHeadCount(ModelConfig config) => config.Int(KvHeads) ?? config.RequiredInt(Heads);

    /// <summary>The kind of scaling, or null.</summary>
    public static string? ScalingType(ModelConfig config) => Scaling(config)?.Text("rope_type|type");

    /// <summary>The scaling's parameters, or null.</summary>
    /// <remarks>Where layers with a window have parameters of their own, those of the others.</remarks>
    public static ModelConfig? Scaling(ModelConfig config)
        => config.Part("rope_scaling.full_attention|rope_parameters.full_attention|rope_scaling|rope_parameters");

    private static float Factor(ModelConfig config)
        => Scaling(config)!.RequiredNumber("factor") is > 0 and var factor ? (float)factor
            : throw config.Unsupported("the factor of the rope scaling should be greater than 0");

    private static GgufValue? Yarn(ModelConfig config, string key)
        => ScalingType(config) == "yarn" && Scaling(config)!.Number(key) is { } value ? (float)value : null;

    private static GgufValue? LongRopeMagnitude(ModelConfig config)
    {
        if (Scaling(config)?.Number("short_mscale") is { } mscale)
        {
            return Scaling(config)!.Number("long_mscale") == mscale ? (float)mscale
                : throw config.Unsupported("short_mscale and long_mscale of the rope scaling differ, which is not supported");
        }

        if (ScalingType(config) is not ("longrope" or "su"))
            return ScalingType(config) == "yarn" && Scaling(config)!.Number("attention_factor") is { } stated ? (float)stated : null;
        double original = config.Int("original_max_position_embeddings") ?? Scaling(config)!.RequiredInt("original_max_position_embeddings");
        double scale = config.RequiredInt("max_position_embeddings") / original;
        return scale <= 1 ? 1f : (float)Math.Sqrt(1 + (Math.Log(scale) / Math.Log(original)));
    }
}
