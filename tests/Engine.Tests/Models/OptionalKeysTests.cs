using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;

namespace Hearth.Engine.Tests.Models;

/// <summary>Keys and tensors that a file may leave away, or state as nothing: what then holds is the family's definition.</summary>
public sealed class OptionalKeysTests : DerivedModelTests
{
    [Fact]
    public void A_rotary_factor_without_a_kind_is_linear()
    {
        float[] stated = Logits(Derive("llama-linear.gguf", (_, _) => { }));
        Assert.Equal(stated, Logits(Derive("llama-linear.gguf", (keys, _) => keys.Remove("llama.rope.scaling.type"))));
        Assert.Equal(stated, Logits(Derive("llama-linear.gguf", (keys, _) =>
        {
            keys.Remove("llama.rope.scaling.type");
            keys.Remove("llama.rope.scaling.factor");
            keys["llama.rope.scale_linear"] = 3f;
        })));
    }

    [Fact]
    public void A_rotary_factor_of_zero_stretches_nothing()
    {
        float[] plain = Logits(Derive("llama-linear.gguf", (keys, _) => keys["llama.rope.scaling.type"] = "none"));
        Assert.Equal(plain, Logits(Derive("llama-linear.gguf", (keys, _) => keys["llama.rope.scaling.factor"] = 0f)));
        Assert.NotEqual(plain, Logits(Derive("llama-linear.gguf", (_, _) => { })));
    }

    [Fact]
    public void Long_factors_begin_where_the_trained_context_ends()
    {
        float[] stretched = Logits(Derive("phi3-longrope-long.gguf", (_, _) => { }));
        Assert.Equal(stretched, Logits(Derive("phi3-longrope-long.gguf", (keys, _) =>
        {
            keys.Remove("phi3.rope.scaling.original_context_length");
            keys["phi3.context_length"] = 255;
        })));
        Assert.NotEqual(stretched, Logits(Derive("phi3-longrope-long.gguf", (keys, _) =>
        {
            keys.Remove("phi3.rope.scaling.original_context_length");
            keys["phi3.context_length"] = 256;
        })));
    }

    [Theory]
    [InlineData("granite.gguf", "granite.attention.scale")]
    [InlineData("granite.gguf", "granite.embedding_scale")]
    [InlineData("granite.gguf", "granite.residual_scale")]
    [InlineData("granite.gguf", "granite.logit_scale")]
    [InlineData("cohere2.gguf", "cohere2.logit_scale")]
    public void A_factor_of_zero_is_no_factor(string file, string key)
    {
        float[] absent = Logits(Derive(file, (keys, _) => keys.Remove(key)));
        Assert.Equal(absent, Logits(Derive(file, (keys, _) => keys[key] = 0f)));
        Assert.All(absent, logit => Assert.True(float.IsFinite(logit)));
    }

    [Theory]
    [InlineData("minicpm.embedding_scale")]
    [InlineData("minicpm.residual_scale")]
    [InlineData("minicpm.logit_scale")]
    public void MiniCpm_has_factors_of_its_own_only_where_the_file_is_silent(string key)
    {
        float[] none = Logits(Derive("minicpm.gguf", (keys, _) => keys[key] = 0f));
        Assert.Equal(none, Logits(Derive("minicpm.gguf", (keys, _) => keys[key] = 1f)));
        Assert.NotEqual(none, Logits(Derive("minicpm.gguf", (keys, _) => keys.Remove(key))));
    }

    [Fact]
    public void Gemma_2_has_a_window_of_4096_unless_the_file_says_otherwise()
    {
        // One layer, the windowed one: what stands 4096 tokens back is out of sight.
        string path = Derive("gemma2.gguf", (keys, tensors) =>
        {
            keys.Remove("gemma2.attention.sliding_window");
            Repeat(keys, tensors, "gemma2", 1);
        });
        using var model = new LoadedModel(path, context: 4096 + 64);
        Assert.Equal(AfterOthers(model, 4096, first: 7), AfterOthers(model, 4096, first: 9));
        Assert.NotEqual(AfterOthers(model, 4095, first: 7), AfterOthers(model, 4095, first: 9));
    }

    [Fact]
    public void Exaone_4_of_64_layers_has_windows_even_if_the_file_does_not_say_so()
    {
        float[] unstated = Logits(Derive("exaone4.gguf", Of64Layers));
        Assert.Equal(unstated, Logits(Derive("exaone4.gguf", (keys, tensors) =>
        {
            Of64Layers(keys, tensors);
            keys["exaone4.attention.sliding_window"] = 4096;
        })));
    }

    [Theory]
    [InlineData("gemma2.gguf", true)]
    [InlineData("gpt-oss.gguf", true)]
    [InlineData("llama4.gguf", false)]
    [InlineData("smallthinker.gguf", false)]
    public void Windowed_layers_may_have_a_rotary_base_of_their_own(string file, bool othersRotate)
    {
        string family = Path.GetFileNameWithoutExtension(file);
        float[] own = WithBases(windowed: 77, others: null);
        Assert.NotEqual(own, WithBases(windowed: null, others: null));

        Assert.Equal(othersRotate, !own.AsSpan().SequenceEqual(WithBases(windowed: 77, others: 55)));

        float[] WithBases(float? windowed, float? others) => Logits(Derive(file, (keys, _) =>
        {
            keys[$"{family}.attention.sliding_window"] = 8;
            if (windowed is { } theta)
                keys[$"{family}.rope.freq_base_swa"] = theta;
            if (others is { } other)
                keys[$"{family}.rope.freq_base"] = other;
        }));
    }

    [Fact]
    public void Lfm2_may_have_a_window_on_all_its_attention_layers()
    {
        float[] free = Logits(Derive("lfm2.gguf", (_, _) => { }));
        Assert.Equal(free, Logits(Derive("lfm2.gguf", (keys, _) => keys["lfm2.attention.sliding_window"] = Tokens.Length)));
        Assert.NotEqual(free, Logits(Derive("lfm2.gguf", (keys, _) => keys["lfm2.attention.sliding_window"] = Tokens.Length - 1)));
    }

    [Fact]
    public void Gemma_3_caps_its_logits_where_the_file_says_so()
    {
        const float cap = 0.5f;
        float[] free = Logits(Derive("gemma3.gguf", (_, _) => { }));
        float[] capped = Logits(Derive("gemma3.gguf", (keys, _) => keys["gemma3.final_logit_softcapping"] = cap));
        for (int i = 0; i < free.Length; i++)
            Assert.Equal(cap * MathF.Tanh(free[i] / cap), capped[i], 1e-6f);
    }

    [Fact]
    public void Experts_share_the_dense_length_in_files_older_than_their_own_key()
    {
        int used = 0;
        float[] stated = Logits(Derive("qwen2moe.gguf", (keys, _) => { }));
        Assert.Equal(stated, Logits(Derive("qwen2moe.gguf", (keys, _) =>
        {
            var built = keys.Build();
            used = built.GetInt32("qwen2moe.expert_used_count");
            keys["qwen2moe.feed_forward_length"] = built.GetInt32("qwen2moe.expert_feed_forward_length") * used;
            keys.Remove("qwen2moe.expert_feed_forward_length");
        })));
        Assert.InRange(used, 2, 64);
        Assert.Equal(stated, Logits(Derive("qwen2moe.gguf", (keys, _) =>
        {
            keys["qwen2moe.feed_forward_length"] = keys.Build().GetInt32("qwen2moe.expert_shared_feed_forward_length");
            keys.Remove("qwen2moe.expert_shared_feed_forward_length");
        })));
    }

    [Fact]
    public void Mpt_without_a_bias_of_positions_does_not_see_them()
    {
        // One layer: in the next one, each token would know how many stand before it.
        string path = Derive("mpt.gguf", (keys, tensors) =>
        {
            keys["mpt.attention.max_alibi_bias"] = 0f;
            Repeat(keys, tensors, "mpt", 1);
        });
        using var model = new LoadedModel(path);
        Assert.InRange(LoadedModel.NormalisedError(Last(model, [1, 2, 3, 4]), Last(model, [3, 2, 1, 4])), 0, 1e-10);
    }

    [Fact]
    public void Mpt_may_have_learned_positions()
    {
        float[] plain = Logits(Derive("mpt.gguf", (_, _) => { }));
        Assert.Equal(plain, Logits(Derive("mpt.gguf", (_, tensors) => tensors.Add(Positions(_ => 0)))));
        Assert.NotEqual(plain, Logits(Derive("mpt.gguf", (_, tensors) => tensors.Add(Positions(i => MathF.Sin(i))))));

        static Content Positions(Func<int, float> value) => Content.Of("position_embd.weight", [64, 256], value);
    }

    [Fact]
    public void Mpt_may_norm_whole_queries_and_keys()
    {
        // Keys normed to nothing but a bias are all alike: what comes before is seen evenly, in whatever order.
        string path = Derive("mpt.gguf", (keys, tensors) =>
        {
            keys["mpt.attention.max_alibi_bias"] = 0f;
            for (int layer = 0; layer < 2; layer++)
            {
                tensors.Add(Content.Of($"blk.{layer}.attn_q_norm.weight", [64], i => 1 + (0.01f * i)));
                tensors.Add(Content.Of($"blk.{layer}.attn_k_norm.weight", [64], _ => 0));
                tensors.Add(Content.Of($"blk.{layer}.attn_k_norm.bias", [64], i => MathF.Cos(i)));
            }
        });
        float[] normed = Logits(path);
        Assert.NotEqual(Logits(Derive("mpt.gguf", (keys, _) => keys["mpt.attention.max_alibi_bias"] = 0f)), normed);

        // Then the queries do not matter either.
        Assert.InRange(
            LoadedModel.NormalisedError(
                normed,
                Logits(Derive(path, (_, tensors) =>
                {
                    foreach (var norm in tensors.Where(tensor => tensor.Name.Contains("attn_q_norm", StringComparison.Ordinal)))
                        norm.Values.AsSpan().Fill(3);
                }))),
            0,
            1e-10);
    }

    [Theory]
    [InlineData("llama-gqa-yarn.gguf", "llama.rope.scaling.yarn_beta_fast", 8f)]
    [InlineData("llama-gqa-yarn.gguf", "llama.rope.scaling.yarn_beta_slow", 2f)]
    [InlineData("llama-gqa-yarn.gguf", "llama.rope.scaling.yarn_log_multiplier", 0.7f)]
    [InlineData("deepseek2-v3.gguf", "deepseek2.rope.scaling.yarn_beta_fast", 8f)]
    [InlineData("llama-linear.gguf", "llama.rope.scaling.alpha", 3f)]
    [InlineData("qwen3moe.gguf", "qwen3moe.expert_weights_scale", 0.6f)]
    [InlineData("granitemoe.gguf", "granitemoe.rope.scaling.finetuned", false)]
    public void A_key_of_other_families_changes_nothing(string file, string key, object value)
    {
        float[] without = Logits(Derive(file, (_, _) => { }));
        Assert.Equal(without, Logits(Derive(file, (keys, _) => Set(keys, key, value))));
    }

    [Theory]
    [InlineData("mistral3-tempscale.gguf", "mistral3.rope.scaling.yarn_beta_fast", 2f)]
    [InlineData("mistral3-tempscale.gguf", "mistral3.rope.scaling.yarn_log_multiplier", 0.7f)]
    [InlineData("hunyuan-dense.gguf", "hunyuan-dense.rope.scaling.alpha", 3f)]
    [InlineData("deepseek2-v3.gguf", "deepseek2.expert_weights_scale", 0.6f)]
    [InlineData("granite.gguf", "granite.rope.scaling.finetuned", false)]
    public void A_family_reads_the_key_that_is_its_own(string file, string key, object value)
    {
        float[] without = Logits(Derive(file, (_, _) => { }));
        Assert.NotEqual(without, Logits(Derive(file, (keys, _) => Set(keys, key, value))));
    }

    [Fact]
    public void Yarn_that_shrinks_the_context_has_no_magnitude()
    {
        // Every pair turns often within so long a context, so that none is interpolated.
        float[] plain = Logits(Derive("llama-gqa-yarn.gguf", (keys, _) => keys["llama.rope.scaling.type"] = "none"));
        Assert.Equal(plain, Logits(Stretched(0.5f)));
        Assert.NotEqual(plain, Logits(Stretched(2)));

        string Stretched(float factor) => Derive("llama-gqa-yarn.gguf", (keys, _) =>
        {
            keys["llama.rope.scaling.original_context_length"] = int.MaxValue;
            keys["llama.rope.scaling.factor"] = factor;
        });
    }

    [Fact]
    public void A_factor_beside_longrope_stretches_as_a_linear_one()
    {
        float[] linear = Logits(Derive("llama-linear.gguf", (_, _) => { }));
        Assert.Equal(linear, Logits(Derive("llama-linear.gguf", (keys, _) => keys["llama.rope.scaling.type"] = "longrope")));
    }

    [Fact]
    public void Windowed_layers_of_Gemma_3_have_the_magnitude_of_the_others()
    {
        // The window holds all tokens: layers differ in the rotation alone.
        Assert.Equal(AllLayers(pattern: 1, "gemma3.rope.freq_base"), AllLayers(pattern: 0, "gemma3.rope.freq_base_swa"));

        float[] AllLayers(int pattern, string theta) => Logits(Derive("gemma3.gguf", (keys, _) =>
        {
            keys["gemma3.attention.sliding_window"] = 256;
            keys["gemma3.attention.sliding_window_pattern"] = pattern;
            keys[theta] = 5000f;
            keys["gemma3.rope.scaling.attn_factor"] = 1.7f;
        }));
    }

    [Fact]
    public void A_clamp_of_zero_clamps_nothing()
    {
        float[] wide = Logits(Derive("dbrx.gguf", (keys, _) => keys["dbrx.attention.clamp_kqv"] = 1e30f));
        Assert.Equal(wide, Logits(Derive("dbrx.gguf", (keys, _) => keys["dbrx.attention.clamp_kqv"] = 0f)));
    }

    [Fact]
    public void Mpt_has_no_bias_of_positions_where_the_file_is_silent()
    {
        float[] none = Logits(Derive("mpt.gguf", (keys, _) => keys["mpt.attention.max_alibi_bias"] = 0f));
        Assert.Equal(none, Logits(Derive("mpt.gguf", (keys, _) => keys.Remove("mpt.attention.max_alibi_bias"))));
    }

    [Fact]
    public void Glm_4_with_rotary_sections_turns_halves()
    {
        // Pairs of neighbours become halves when the rows that make queries and keys change places.
        float[] neighbours = Logits(Derive("glm4.gguf", (_, _) => { }));
        float[] halves = Logits(Derive("glm4.gguf", (keys, tensors) =>
        {
            keys["glm4.rope.dimension_sections"] = GgufValue.ArrayOf<int>([1, 1, 2, 0]);
            foreach (var tensor in tensors.Where(tensor => tensor.Name.Contains("attn_q.", StringComparison.Ordinal) || tensor.Name.Contains("attn_k.", StringComparison.Ordinal)))
                HalvesOfNeighbours(tensor, headLength: 16, rotaryLength: 8);
        }));
        Assert.InRange(LoadedModel.NormalisedError(halves, neighbours), 0, 1e-10);

        static void HalvesOfNeighbours(Content tensor, int headLength, int rotaryLength)
        {
            int width = tensor.Shape.Length == 1 ? 1 : (int)tensor.Shape[0];
            float[] old = [.. tensor.Values];
            for (int row = 0; row < old.Length / width; row++)
            {
                int inHead = row % headLength;
                int from = inHead >= rotaryLength
                    ? row
                    : row - inHead + (2 * (inHead % (rotaryLength / 2))) + (inHead / (rotaryLength / 2));
                old.AsSpan(from * width, width).CopyTo(tensor.Values.AsSpan(row * width, width));
            }
        }
    }

    [Fact]
    public void Pairs_of_Glm_4_in_the_fourth_section_do_not_turn()
    {
        const float still = 1e30f;
        float[] sections = Logits(Derive("glm4.gguf", (keys, _) => keys["glm4.rope.dimension_sections"] = GgufValue.ArrayOf<int>([1, 1, 1, 1])));
        Assert.InRange(
            LoadedModel.NormalisedError(
                sections,
                Logits(Derive("glm4.gguf", (keys, tensors) =>
                {
                    keys["glm4.rope.dimension_sections"] = GgufValue.ArrayOf<int>([1, 1, 2, 0]);
                    tensors.Add(Content.Of("rope_freqs.weight", [4], i => i == 3 ? still : 1));
                }))),
            0,
            1e-10);
    }

    [Fact]
    public void Queries_of_DeepSeek_2_may_grow_with_the_position()
    {
        const int length = 4;
        float[] plain = Logits(Derive("deepseek2-v3.gguf", (_, _) => { }));
        float[] grown = Logits(Derive("deepseek2-v3.gguf", (keys, _) =>
        {
            keys["deepseek2.attention.temperature_scale"] = 0.3f;
            keys["deepseek2.attention.temperature_length"] = length;
        }));
        int before = length * (plain.Length / Tokens.Length);
        Assert.Equal(plain[..before], grown[..before]);
        Assert.NotEqual(plain[before..], grown[before..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1f)]
    public void Linear_stretching_sharpens_DeepSeek_2(float multiplier)
    {
        float growth = MathF.Log(3);
        float sharpness = (1 + (0.1f * growth)) * (1 + (multiplier * growth));
        float[] linear = Logits(Derive("deepseek2-v3.gguf", (keys, _) =>
        {
            keys["deepseek2.rope.scaling.type"] = "linear";
            keys["deepseek2.rope.scaling.factor"] = 3f;
            keys["deepseek2.rope.scaling.yarn_log_multiplier"] = multiplier;
        }));
        float[] sharpened = Logits(Derive("deepseek2-v3.gguf", (keys, tensors) =>
        {
            keys["deepseek2.rope.scaling.type"] = "none";
            tensors.Add(Content.Of("rope_freqs.weight", [4], _ => 3));
            foreach (var query in tensors.Where(tensor => tensor.Name.EndsWith("attn_q_b.weight", StringComparison.Ordinal)))
            {
                foreach (ref float weight in query.Values.AsSpan())
                    weight *= sharpness * sharpness;
            }
        }));
        Assert.InRange(LoadedModel.NormalisedError(linear, sharpened), 0, 1e-10);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void SmallThinker_of_four_layers_rotates_in_all_of_them(int layers, bool alike)
    {
        // Windows are 4096 positions, whatever the file says: they hold all tokens.
        Assert.Equal(alike, OfWindow(8).AsSpan().SequenceEqual(OfWindow(0)));

        float[] OfWindow(int window) => Logits(Derive("smallthinker.gguf", (keys, tensors) =>
        {
            Repeat(keys, tensors, "smallthinker", layers);
            keys["smallthinker.attention.sliding_window"] = window;
        }));
    }

    [Theory]
    [InlineData("gelu", true)]
    [InlineData("silu", false)]
    [InlineData("swiglu", false)]
    public void ModernBert_has_the_function_that_the_file_names(string name, bool isDefault)
    {
        float[] plain = States(Derive("modern-bert.gguf", (_, _) => { }));
        float[] named = States(Derive("modern-bert.gguf", (keys, _) => keys["modern-bert.hidden_activation"] = name));
        Assert.Equal(isDefault, plain.AsSpan().SequenceEqual(named));

        static float[] States(string path)
        {
            using var model = new LoadedModel(path, output: PassOutput.States);
            return model.Logits(Tokens, Tokens.Length);
        }
    }

    [Fact]
    public void A_decoder_that_should_see_what_follows_is_refused()
    {
        string path = Derive("llama-linear.gguf", (keys, _) => keys["llama.attention.causal"] = false);
        var refusal = Assert.Throws<InvalidModelException>(() => new LoadedModel(path));
        Assert.Contains("llama.attention.causal", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_convolution_of_a_single_tap_is_refused()
    {
        string path = Derive("lfm2.gguf", (keys, _) => keys["lfm2.shortconv.l_cache"] = 1);
        var refusal = Assert.Throws<InvalidModelException>(() => new LoadedModel(path));
        Assert.Contains("shortconv.l_cache", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(float.Epsilon)]
    public void A_rotary_base_whose_angles_leave_all_bounds_is_refused(float theta)
    {
        string path = Derive("llama-linear.gguf", (keys, _) => keys["llama.rope.freq_base"] = theta);
        var refusal = Assert.Throws<InvalidModelException>(() => new LoadedModel(path));
        Assert.Contains("rotary frequency", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rotary_divisor_of_zero_is_refused()
    {
        string path = Derive("llama3-ropefreqs.gguf", (_, tensors)
            => tensors.Single(tensor => tensor.Name == "rope_freqs.weight").Values[1] = 0);
        Assert.Throws<InvalidModelException>(() => new LoadedModel(path));
    }

    private static void Of64Layers(GgufMetadataBuilder keys, List<Content> tensors) => Repeat(keys, tensors, "exaone4", 64);

    private static void Set(GgufMetadataBuilder keys, string key, object value)
        => keys[key] = value is bool flag ? flag : (float)value;

    private static float[] Last(LoadedModel model, int[] tokens) => model.Logits(tokens, 64)[^model.OutputWidth..];

    /// <summary>Logits of a token that so many others stand before.</summary>
    private static float[] AfterOthers(LoadedModel model, int count, int first)
    {
        using var sequence = model.Runner.CreateSequence(count + 1);
        int[] tokens = [first, .. Enumerable.Range(1, count).Select(i => i * 11 % 72)];
        float[] logits = [];
        foreach (int[] part in tokens.Chunk(96))
        {
            model.Runner.Batch.Add(sequence, part, BatchOutputs.Last);
            logits = model.Runner.Run()[0].ToArray();
        }

        return logits;
    }
}
