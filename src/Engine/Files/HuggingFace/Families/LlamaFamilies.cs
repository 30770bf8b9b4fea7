namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Llama itself and families that differ from it in factors and experts alone.</summary>
internal static class LlamaFamilies
{
    private static IReadOnlyList<KeyRule> GraniteScales =>
    [
        KeyRule.Number("logit_scale", "logits_scaling"),
        KeyRule.Number("residual_scale", "residual_multiplier"),
        KeyRule.Number("embedding_scale", "embedding_multiplier"),
        KeyRule.Number("attention.scale", "attention_multiplier"),
    ];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("llama", ["llama", "mistral"], LlamaLike.Prefixes, LlamaLike.Keys,
            [.. LlamaLike.Ends, .. LlamaLike.PairedAttention, .. LlamaLike.Norms, .. LlamaLike.FeedForward])
        {
            Check = config =>
            {
                if (config.Int("sliding_window") is { } window && window < config.Int("max_position_embeddings"))
                    throw config.Unsupported($"a sliding window of {window} positions is not supported for {config.ModelType}");
            },
        },
        new("llama", ["mixtral"], LlamaLike.Prefixes, [.. LlamaLike.Keys, .. LlamaLike.ExpertKeys],
        [
            .. LlamaLike.Ends, .. LlamaLike.PairedAttention, .. LlamaLike.Norms,
            new("blk.{l}.ffn_gate_inp", "layers.{l}.block_sparse_moe.gate"),
            new("blk.{l}.ffn_gate_exps", "layers.{l}.block_sparse_moe.experts.{e}.w1"),
            new("blk.{l}.ffn_up_exps", "layers.{l}.block_sparse_moe.experts.{e}.w3"),
            new("blk.{l}.ffn_down_exps", "layers.{l}.block_sparse_moe.experts.{e}.w2"),
        ]),
        new("granite", ["granite"], LlamaLike.Prefixes, [.. LlamaLike.Keys, .. GraniteScales],
            [.. LlamaLike.Ends, .. LlamaLike.PairedAttention, .. LlamaLike.Norms, .. LlamaLike.FeedForward]),
        new("granitemoe", ["granitemoe", "granitemoeshared"], LlamaLike.Prefixes,
            [
                .. LlamaLike.Keys, .. GraniteScales, .. LlamaLike.ExpertKeys,
                KeyRule.OptionalInt("expert_shared_feed_forward_length", "shared_intermediate_size"),
            ],
        [
            .. LlamaLike.Ends, .. LlamaLike.PairedAttention, .. LlamaLike.Norms,
            new("blk.{l}.ffn_gate_inp", "layers.{l}.block_sparse_moe.router.layer"),
            new("blk.{l}.ffn_gate_exps", "layers.{l}.block_sparse_moe.input_linear", TensorChange.FirstHalf),
            new("blk.{l}.ffn_up_exps", "layers.{l}.block_sparse_moe.input_linear", TensorChange.SecondHalf),
            new("blk.{l}.ffn_down_exps", "layers.{l}.block_sparse_moe.output_linear"),
            new("blk.{l}.ffn_gate_shexp", "layers.{l}.shared_mlp.input_linear", TensorChange.FirstHalf, IsOptional: true),
            new("blk.{l}.ffn_up_shexp", "layers.{l}.shared_mlp.input_linear", TensorChange.SecondHalf, IsOptional: true),
            new("blk.{l}.ffn_down_shexp", "layers.{l}.shared_mlp.output_linear", IsOptional: true),
        ]),
        new("smollm3", ["smollm3"], LlamaLike.Prefixes, LlamaLike.Keys,
            [.. LlamaLike.Ends, .. LlamaLike.PairedAttention, .. LlamaLike.Norms, .. LlamaLike.FeedForward])
        {
            Check = config =>
            {
                if ((config.Int("no_rope_layer_interval") ?? 4) != 4)
                    throw config.Unsupported("layers without positions are supported every 4 layers alone (no_rope_layer_interval)");
            },
        },
        new("arcee", ["arcee"], LlamaLike.Prefixes, LlamaLike.Keys,
        [
            .. LlamaLike.Ends, .. LlamaLike.PairedAttention, .. LlamaLike.Norms,
            new("blk.{l}.ffn_up", "layers.{l}.mlp.up_proj"),
            new("blk.{l}.ffn_down", "layers.{l}.mlp.down_proj"),
        ]),
    ];
}
