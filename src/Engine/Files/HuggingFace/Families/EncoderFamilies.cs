namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Encoders, which make vectors of texts.</summary>
internal static class EncoderFamilies
{
    private static IReadOnlyList<KeyRule> Keys =>
    [
        .. CommonKeys.Sizes.Where(rule => rule.Target != "context_length"),
        new("feed_forward_length", config => (uint)(config.Int("intermediate_size|n_inner") ?? 4 * config.RequiredInt(CommonKeys.Width))),
        KeyRule.Number("attention.layer_norm_epsilon", "layer_norm_eps|layer_norm_epsilon", 1e-12),
        new("attention.causal", _ => false),
    ];

    private static IReadOnlyList<TensorRule> Tensors(TensorChange positions) =>
    [
        new("token_embd", "embeddings.word_embeddings"),
        new("token_types", "embeddings.token_type_embeddings", IsOptional: true),
        new("position_embd", "embeddings.position_embeddings", positions),
        new("token_embd_norm", "embeddings.LayerNorm"),
        new("blk.{l}.attn_q", "encoder.layer.{l}.attention.self.query"),
        new("blk.{l}.attn_k", "encoder.layer.{l}.attention.self.key"),
        new("blk.{l}.attn_v", "encoder.layer.{l}.attention.self.value"),
        new("blk.{l}.attn_output", "encoder.layer.{l}.attention.output.dense"),
        new("blk.{l}.attn_output_norm", "encoder.layer.{l}.attention.output.LayerNorm"),
        new("blk.{l}.ffn_up", "encoder.layer.{l}.intermediate.dense"),
        new("blk.{l}.ffn_down", "encoder.layer.{l}.output.dense"),
        new("blk.{l}.layer_output_norm", "encoder.layer.{l}.output.LayerNorm"),
    ];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("bert", ["bert"], ["", "bert."], [.. Keys, KeyRule.Int("context_length", "max_position_embeddings")], Tensors(TensorChange.None))
        {
            Ignored = ["pooler.", "bert.pooler.", "cls."],
            Check = CheckPositions,
        },
        new("bert", ["roberta", "xlm-roberta", "camembert"], ["", "roberta."],
            [.. Keys, new("context_length", config => (uint)Math.Max(config.RequiredInt("max_position_embeddings") - FirstPosition(config), 0))],
            Tensors(TensorChange.OfRows((config, source) => RowOrder.Range(source, FirstPosition(config), source.MatrixRows - FirstPosition(config)))))
        {
            Ignored = ["pooler.", "roberta.pooler.", "lm_head."],
            Check = CheckPositions,
        },
        new("nomic-bert", ["nomic_bert"], [""],
            [
                .. Keys,
                KeyRule.Int("context_length", "n_positions|max_position_embeddings"),
                KeyRule.Number("rope.freq_base", "rotary_emb_base", 10000),
            ],
            [
                new("token_embd", "embeddings.word_embeddings"),
                new("token_types", "embeddings.token_type_embeddings", IsOptional: true),
                new("token_embd_norm", "emb_ln"),
                new("blk.{l}.attn_qkv", "encoder.layers.{l}.attn.Wqkv"),
                new("blk.{l}.attn_output", "encoder.layers.{l}.attn.out_proj"),
                new("blk.{l}.attn_output_norm", "encoder.layers.{l}.norm1"),
                new("blk.{l}.ffn_up", "encoder.layers.{l}.mlp.fc11"),
                new("blk.{l}.ffn_gate", "encoder.layers.{l}.mlp.fc12"),
                new("blk.{l}.ffn_down", "encoder.layers.{l}.mlp.fc2"),
                new("blk.{l}.layer_output_norm", "encoder.layers.{l}.norm2"),
            ])
        {
            Check = config =>
            {
                if ((config.Number("rotary_emb_fraction") ?? 1) != 1 || config.Text("activation_function") is not (null or "swiglu"))
                    throw config.Unsupported("nomic_bert is supported with whole heads rotated (rotary_emb_fraction) and swiglu (activation_function) alone");
            },
        },
    ];

    /// <summary>These count positions from behind the padding's number.</summary>
    private static int FirstPosition(ModelConfig config) => (config.Int("pad_token_id") ?? 1) + 1;

    private static void CheckPositions(ModelConfig config)
    {
        if (config.Text("position_embedding_type") is not (null or "absolute") and var type)
            throw config.Unsupported($"position_embedding_type is '{type}'; absolute positions alone are supported");
    }
}
