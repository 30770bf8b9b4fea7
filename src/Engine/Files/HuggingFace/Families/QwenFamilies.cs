namespace Hearth.Engine.Files.HuggingFace.Families;

/// <summary>Qwen 2 and 3, dense and with experts.</summary>
internal static class QwenFamilies
{
    private static IReadOnlyList<KeyRule> MixtureKeys =>
    [
        .. LlamaLike.Keys, .. LlamaLike.ExpertKeys,
        KeyRule.Int("expert_feed_forward_length", "moe_intermediate_size"),
    ];

    public static IReadOnlyList<Family> All { get; } =
    [
        new("qwen2", ["qwen2", "qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text"], LlamaLike.Prefixes, LlamaLike.Keys,
            [.. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms, .. LlamaLike.FeedForward]) { Check = CheckWindow },
        new("qwen3", ["qwen3", "qwen3_vl", "qwen3_vl_text"], LlamaLike.Prefixes, LlamaLike.Keys,
            [.. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.HeadNorms, .. LlamaLike.Norms, .. LlamaLike.FeedForward])
        {
            Check = CheckWindow,
        },
        new("qwen2moe", ["qwen2_moe"], LlamaLike.Prefixes,
            [.. MixtureKeys, KeyRule.Int("expert_shared_feed_forward_length", "shared_expert_intermediate_size")],
            [
                .. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.Norms, .. LlamaLike.Experts,
                new("blk.{l}.ffn_gate_inp_shexp", "layers.{l}.mlp.shared_expert_gate"),
                new("blk.{l}.ffn_gate_shexp", "layers.{l}.mlp.shared_expert.gate_proj"),
                new("blk.{l}.ffn_up_shexp", "layers.{l}.mlp.shared_expert.up_proj"),
                new("blk.{l}.ffn_down_shexp", "layers.{l}.mlp.shared_expert.down_proj"),
            ])
        {
            Check = config =>
            {
                CheckWindow(config);
                if (config.Flag("norm_topk_prob", false))
                    throw config.Unsupported("norm_topk_prob is true, which qwen2_moe is not supported with");
            },
        },
        new("qwen3moe", ["qwen3_moe"], LlamaLike.Prefixes, MixtureKeys,
            [.. LlamaLike.Ends, .. LlamaLike.Attention, .. LlamaLike.HeadNorms, .. LlamaLike.Norms, .. LlamaLike.Experts])
        {
            Check = config =>
            {
                CheckWindow(config);
                if (!config.Flag("norm_topk_prob", true))
                    throw config.Unsupported("norm_topk_prob is false, which qwen3_moe is not supported with");
            },
        },
    ];

    private static void CheckWindow(ModelConfig config)
    {
        if (config.Flag("use_sliding_window", false))
            throw config.Unsupported($"use_sliding_window is true, which {config.ModelType} is not supported with");
    }
}
