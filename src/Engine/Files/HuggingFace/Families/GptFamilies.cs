using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Families after GPT-2 and GPT-NeoX: layer norms with biases, queries, keys and values in one matrix.</summary>
internal static class GptFamilies
{
    private static KeyRule Epsilon { get; } = KeyRule.Number("attention.layer_norm_epsilon", "layer_norm_epsilon|layer_norm_eps");

    private static KeyRule Inner { get; } = new(
        "feed_forward_length",
        config => (uint)(config.Int("n_inner|intermediate_size|ffn_hidden_size") ?? 4 * config.RequiredInt(CommonKeys.Width)));

    /// <summary>From the queries, key and value of each group of heads in turn to all queries, all keys, all values.</summary>
    private static TensorChange GatherGroups { get; } = TensorChange.OfRows(
        (config, source) => HeadOrder.Gathered(source, config.RequiredInt(CommonKeys.Heads), FalconKvHeads(config)));

    public static IReadOnlyList<Family> All { get; } =
    [
        new("gpt2", ["gpt2"], ["transformer.", ""], [.. CommonKeys.Sizes, Inner, Epsilon],
        [
            new("token_embd", "wte"),
            new("position_embd", "wpe"),
            new("output", "/lm_head", IsOptional: true),
            new("output_norm", "ln_f"),
            new("blk.{l}.attn_norm", "h.{l}.ln_1"),
            new("blk.{l}.attn_qkv", "h.{l}.attn.c_attn", TensorChange.Transpose),
            new("blk.{l}.attn_output", "h.{l}.attn.c_proj", TensorChange.Transpose),
            new("blk.{l}.ffn_norm", "h.{l}.ln_2"),
            new("blk.{l}.ffn_up", "h.{l}.mlp.c_fc", TensorChange.Transpose),
            new("blk.{l}.ffn_down", "h.{l}.mlp.c_proj", TensorChange.Transpose),
        ]),
        new("starcoder", ["gpt_bigcode"], ["transformer."],
            [.. CommonKeys.Sizes, new("attention.head_count_kv", _ => 1u), Inner, Epsilon],
            [
                new("token_embd", "wte"),
                new("position_embd", "wpe"),
                new("output", "/lm_head", IsOptional: true),
                new("output_norm", "ln_f"),
                new("blk.{l}.attn_norm", "h.{l}.ln_1"),
                new("blk.{l}.attn_qkv", "h.{l}.attn.c_attn"),
                new("blk.{l}.attn_output", "h.{l}.attn.c_proj"),
                new("blk.{l}.ffn_norm", "h.{l}.ln_2"),
                new("blk.{l}.ffn_up", "h.{l}.mlp.c_fc"),
                new("blk.{l}.ffn_down", "h.{l}.mlp.c_proj"),
            ])
        {
            Check = config =>
            {
                if (!config.Flag("multi_query", true))
                    throw config.Unsupported("gpt_bigcode models without multi_query are not supported");
            },
        },
        new("mpt", ["mpt"], ["transformer."],
            [
                .. CommonKeys.Sizes,
                KeyRule.OptionalInt("attention.head_count_kv", "attn_config.kv_n_heads"),
                new("feed_forward_length", config
                    => (uint)Math.Clamp(Math.Round((config.Number("expansion_ratio") ?? 4) * config.RequiredInt(CommonKeys.Width)), 0, uint.MaxValue)),
                KeyRule.Number("attention.layer_norm_epsilon", "layer_norm_epsilon", 1e-5),
                KeyRule.OptionalNumber("attention.clamp_kqv", "attn_config.clip_qkv"),
                new("attention.max_alibi_bias", config
                    => config.Flag("attn_config.alibi", true) ? (float)(config.Number("attn_config.alibi_bias_max") ?? 8) : 0f),
            ],
            [
                new("token_embd", "wte"),
                new("position_embd", "wpe", IsOptional: true),
                new("output", "/lm_head", IsOptional: true),
                new("output_norm", "norm_f"),
                new("blk.{l}.attn_norm", "blocks.{l}.norm_1"),
                new("blk.{l}.attn_qkv", "blocks.{l}.attn.Wqkv"),
                new("blk.{l}.attn_q_norm", "blocks.{l}.attn.q_ln", IsOptional: true),
                new("blk.{l}.attn_k_norm", "blocks.{l}.attn.k_ln", IsOptional: true),
                new("blk.{l}.attn_output", "blocks.{l}.attn.out_proj"),
                new("blk.{l}.ffn_norm", "blocks.{l}.norm_2"),
                new("blk.{l}.ffn_up", "blocks.{l}.ffn.up_proj"),
                new("blk.{l}.ffn_down", "blocks.{l}.ffn.down_proj"),
            ]),
        new("gptneox", ["gpt_neox"], ["gpt_neox.", ""],
            [
                .. CommonKeys.Rotary.Where(rule => rule.Target != "attention.head_count_kv"), Inner, Epsilon,
                new("use_parallel_residual", config => config.Flag("use_parallel_residual", true)),
            ],
            [
                new("token_embd", "embed_in"),
                new("output", "/embed_out", IsOptional: true),
                new("output_norm", "final_layer_norm"),
                new("blk.{l}.attn_norm", "layers.{l}.input_layernorm"),
                new("blk.{l}.attn_qkv", "layers.{l}.attention.query_key_value", TensorChange.GatherHeads),
                new("blk.{l}.attn_output", "layers.{l}.attention.dense"),
                new("blk.{l}.ffn_norm", "layers.{l}.post_attention_layernorm"),
                new("blk.{l}.ffn_up", "layers.{l}.mlp.dense_h_to_4h"),
                new("blk.{l}.ffn_down", "layers.{l}.mlp.dense_4h_to_h"),
            ]),
        new("bloom", ["bloom"], ["transformer.", ""], [.. CommonKeys.Sizes, Inner, Epsilon],
        [
            new("token_embd", "word_embeddings"),
            new("token_embd_norm", "word_embeddings_layernorm"),
            new("output", "/lm_head", IsOptional: true),
            new("output_norm", "ln_f"),
            new("blk.{l}.attn_norm", "h.{l}.input_layernorm"),
            new("blk.{l}.attn_qkv", "h.{l}.self_attention.query_key_value", TensorChange.GatherHeads),
            new("blk.{l}.attn_output", "h.{l}.self_attention.dense"),
            new("blk.{l}.ffn_norm", "h.{l}.post_attention_layernorm"),
            new("blk.{l}.ffn_up", "h.{l}.mlp.dense_h_to_4h"),
            new("blk.{l}.ffn_down", "h.{l}.mlp.dense_4h_to_h"),
        ]),
        new("falcon", ["falcon"], ["transformer.", ""],
            [
                .. CommonKeys.Rotary.Where(rule => rule.Target != "attention.head_count_kv"), Inner, Epsilon,
                new("attention.head_count_kv", config => (GgufValue)(uint)FalconKvHeads(config)),
            ],
            [
                new("token_embd", "word_embeddings"),
                new("output", "/lm_head", IsOptional: true),
                new("output_norm", "ln_f"),
                new("blk.{l}.attn_norm", "h.{l}.input_layernorm|h.{l}.ln_mlp"),
                new("blk.{l}.attn_norm_2", "h.{l}.ln_attn", IsOptional: true),
                new("blk.{l}.attn_qkv", "h.{l}.self_attention.query_key_value", GatherGroups),
                new("blk.{l}.attn_output", "h.{l}.self_attention.dense"),
                new("blk.{l}.ffn_up", "h.{l}.mlp.dense_h_to_4h"),
                new("blk.{l}.ffn_down", "h.{l}.mlp.dense_4h_to_h"),
            ])
        {
            Check = config =>
            {
                if (config.Flag("alibi", false) || !config.Flag("parallel_attn", true))
                    throw config.Unsupported("falcon models with alibi or without parallel_attn are not supported");
            },
        },
    ];

    /// <summary>Key and value heads: one of all queries in the first Falcons, groups in the later ones.</summary>
    private static int FalconKvHeads(ModelConfig config)
        => config.Flag("new_decoder_architecture", false) ? config.Int("num_kv_heads|n_head_kv") ?? config.RequiredInt(CommonKeys.Heads)
            : config.Flag("multi_query", true) ? 1
            : config.RequiredInt(CommonKeys.Heads);
}
