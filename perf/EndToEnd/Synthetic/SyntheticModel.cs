using Hearth.Engine.Files.Gguf;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>
/// A GGUF file in the shape of a known model with random weights: it says nothing, but it takes as long to run as the model
/// itself, and anybody can make the same one without a download.
/// </summary>
internal static class SyntheticModel
{
    /// <summary>Writes a model.</summary>
    /// <param name="path">The file, which is replaced when the new one is complete.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="mix">Its tensors' types.</param>
    /// <param name="seed">The same seed gives the same bytes.</param>
    public static void Write(string path, ModelShape shape, TypeMix mix, ulong seed)
    {
        var generator = new WeightGenerator(shape, seed);
        var writer = new GgufWriter(Describe(shape, mix, seed));
        foreach (var plan in TensorPlan.For(shape, mix))
            writer.Add(plan.Name, plan.Type, plan.Dimensions, stream => generator.Write(plan, stream));
        writer.Write(path);
    }

    private static GgufMetadata Describe(ModelShape shape, TypeMix mix, ulong seed)
    {
        var (tokens, scores, kinds) = SyntheticVocabulary.Create(shape.Vocabulary);
        var keys = new GgufMetadataBuilder(shape.Name)
        {
            ["general.architecture"] = "llama",
            ["general.name"] = $"{shape.Name} {mix.Name} synthetic",
            ["general.description"] = $"Random weights in the shape of {shape.Description}; seed {seed}.",
            ["general.file_type"] = (uint)mix.FileType,
            ["general.quantization_version"] = 2u,
            ["llama.vocab_size"] = (uint)shape.Vocabulary,
            ["llama.context_length"] = (uint)shape.Context,
            ["llama.embedding_length"] = (uint)shape.Width,
            ["llama.block_count"] = (uint)shape.Layers,
            ["llama.feed_forward_length"] = (uint)shape.FeedForward,
            ["llama.attention.head_count"] = (uint)shape.Heads,
            ["llama.attention.head_count_kv"] = (uint)shape.KvHeads,
            ["llama.attention.key_length"] = (uint)shape.HeadWidth,
            ["llama.attention.value_length"] = (uint)shape.HeadWidth,
            ["llama.attention.layer_norm_rms_epsilon"] = 1e-5f,
            ["llama.rope.dimension_count"] = (uint)shape.HeadWidth,
            ["llama.rope.freq_base"] = shape.RopeBase,
            ["tokenizer.ggml.model"] = "llama",
            ["tokenizer.ggml.tokens"] = GgufValue.ArrayOf(tokens),
            ["tokenizer.ggml.scores"] = GgufValue.ArrayOf<float>(scores),
            ["tokenizer.ggml.token_type"] = GgufValue.ArrayOf<int>(kinds),
            ["tokenizer.ggml.bos_token_id"] = 1u,
            ["tokenizer.ggml.eos_token_id"] = 2u,
            ["tokenizer.ggml.unknown_token_id"] = 0u,
            ["tokenizer.ggml.add_bos_token"] = true,
            ["tokenizer.ggml.add_eos_token"] = false,
        };

        if (shape.Experts > 0)
        {
            keys["llama.expert_count"] = (uint)shape.Experts;
            keys["llama.expert_used_count"] = (uint)shape.ExpertsUsed;
        }

        // llama.cpp knows this key from other architectures and ignores it in this one: there the file runs as the dense model.
        if (shape.Relu)
            keys["llama.hidden_activation"] = "relu";
        return keys.Build();
    }
}
