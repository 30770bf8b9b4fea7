using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tests.Files;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Models;

/// <summary>Keys and tensors that a file may leave away, or state as nothing: what then holds is the family's definition.</summary>
public sealed class OptionalKeysTests : IDisposable
{
    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];

    private readonly TemporaryFolder folder = new();
    private int files;

    public void Dispose() => folder.Dispose();

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
        string path = Derive("gemma2.gguf", (keys, _) =>
        {
            keys.Remove("gemma2.attention.sliding_window");
            keys["gemma2.block_count"] = 1;
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
        string path = Derive("mpt.gguf", (keys, _) =>
        {
            keys["mpt.attention.max_alibi_bias"] = 0f;
            keys["mpt.block_count"] = 1;
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

    private static void Of64Layers(GgufMetadataBuilder keys, List<Content> tensors)
    {
        const string first = "blk.0.";
        keys["exaone4.block_count"] = 64;
        tensors.RemoveAll(tensor => tensor.Name.StartsWith("blk.", StringComparison.Ordinal) && !tensor.Name.StartsWith(first, StringComparison.Ordinal));
        var layer = tensors.Where(tensor => tensor.Name.StartsWith(first, StringComparison.Ordinal)).ToArray();
        for (int i = 1; i < 64; i++)
            tensors.AddRange(layer.Select(tensor => tensor with { Name = $"blk.{i}." + tensor.Name[first.Length..] }));
    }

    private static float[] Logits(string path)
    {
        using var model = new LoadedModel(path);
        return model.Logits(Tokens, 64);
    }

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

    private string Derive(string file, Action<GgufMetadataBuilder, List<Content>> change)
    {
        using var source = GgufFile.Open(Path.IsPathRooted(file) ? file : VectorFiles.PathOf(file));
        var keys = new GgufMetadataBuilder(source.Metadata);
        var tensors = source.Tensors.Select(Content.Of).ToList();
        change(keys, tensors);
        var writer = new GgufWriter(keys.Build());
        foreach (var tensor in tensors)
            writer.Add(tensor.Name, WeightType.F32, tensor.Shape, stream => stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan())));
        string path = folder[$"{files++}.gguf"];
        writer.Write(path);
        return path;
    }

    private sealed record Content(string Name, long[] Shape, float[] Values)
    {
        public static Content Of(GgufTensor tensor)
            => new(tensor.Name, tensor.Dimensions.ToArray(), MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray());

        public static Content Of(string name, long[] shape, Func<int, float> value)
            => new(name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(value)]);
    }
}
