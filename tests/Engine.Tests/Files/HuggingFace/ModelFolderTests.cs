using System.Text.Json.Nodes;
using Hearth.Engine.Files;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Quantization;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Tests.Files.HuggingFace;

public sealed class ModelFolderTests
{
    private static readonly int[] Tokens = [1, 5, 9, 14, 3, 27, 21, 8];

    [Theory]
    [InlineData("llama-gqa-theta500k", "llama")]
    [InlineData("llama-bias", "llama")]
    [InlineData("llama-tied", "mistral")]
    [InlineData("llama-moe", "mixtral")]
    [InlineData("qwen2", "qwen2")]
    [InlineData("qwen3", "qwen3")]
    [InlineData("qwen2moe", "qwen2_moe")]
    [InlineData("qwen3moe", "qwen3_moe")]
    [InlineData("gemma", "gemma")]
    [InlineData("gemma2", "gemma2")]
    [InlineData("gemma3", "gemma3_text")]
    [InlineData("phi2", "phi")]
    [InlineData("phi3", "phi3")]
    [InlineData("gpt2", "gpt2")]
    [InlineData("gptneox-parallel", "gpt_neox")]
    [InlineData("gptneox-sequential", "gpt_neox")]
    [InlineData("bloom", "bloom")]
    [InlineData("falcon-7b", "falcon")]
    [InlineData("falcon-40b", "falcon")]
    [InlineData("olmo2", "olmo2")]
    [InlineData("olmoe", "olmoe")]
    [InlineData("starcoder2", "starcoder2")]
    [InlineData("stablelm2-1b6", "stablelm")]
    [InlineData("granite", "granite")]
    [InlineData("smollm3", "smollm3")]
    [InlineData("arcee", "arcee")]
    [InlineData("command-r", "cohere")]
    [InlineData("cohere2", "cohere2")]
    [InlineData("internlm2", "internlm2")]
    [InlineData("minicpm", "minicpm")]
    [InlineData("mistral3-tempscale", "ministral3")]
    [InlineData("glm4", "glm4")]
    [InlineData("ernie4_5", "ernie4_5")]
    [InlineData("ernie4_5-moe", "ernie4_5_moe")]
    [InlineData("exaone4", "exaone4")]
    [InlineData("hunyuan-dense", "hunyuan_v1_dense")]
    [InlineData("deepseek2-lite", "deepseek_v2")]
    [InlineData("deepseek2-v2", "deepseek_v2")]
    [InlineData("deepseek2-v3", "deepseek_v3")]
    [InlineData("gpt-oss", "gpt_oss")]
    [InlineData("llama4", "llama4_text")]
    [InlineData("phimoe", "phimoe")]
    [InlineData("smallthinker", "smallthinker")]
    [InlineData("dbrx", "dbrx")]
    [InlineData("granitemoe-shared", "granitemoeshared")]
    [InlineData("lfm2", "lfm2")]
    [InlineData("lfm2moe", "lfm2_moe")]
    [InlineData("qwen3next", "qwen3_next")]
    [InlineData("qwen35", "qwen3_5_text")]
    [InlineData("mamba", "mamba")]
    [InlineData("mamba2", "mamba2")]
    [InlineData("mpt", "mpt")]
    [InlineData("mpt-clamp-3heads", "mpt")]
    [InlineData("starcoder", "gpt_bigcode")]
    [InlineData("olmo2-swa-yarn", "olmo3")]
    [InlineData("orion", "orion")]
    [InlineData("jais2", "jais2")]
    [InlineData("seed_oss", "seed_oss")]
    [InlineData("gemma3n", "gemma3n_text")]
    [InlineData("gemma4", "gemma4_text")]
    [InlineData("gemma4-moe", "gemma4_text")]
    public void A_folder_has_the_logits_of_the_file_that_it_was_made_of(string name, string modelType)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], name, modelType);
        using var original = HearthModel.Load(VectorFiles.PathOf(name + ".gguf"), Options);
        using var model = HearthModel.Load(folder["model"], Options);
        float[] expected = Logits(original);
        float[] actual = Logits(model);

        // Taking one from a norm and adding it again rounds, as do a logarithm and a power; everything else keeps its bits.
        if (modelType.StartsWith("gemma", StringComparison.Ordinal)
            || modelType is "mamba" or "mamba2" or "qwen3_next" or "qwen3_5_text" or "hunyuan_v1_dense")
            Assert.InRange(LoadedModel.NormalisedError(actual, expected), 0, 1e-6);
        else
            Assert.Equal(LoadedModel.Bytes(expected), LoadedModel.Bytes(actual));
    }

    [Theory]
    [InlineData("bert-cls", "bert")]
    [InlineData("bert-cls", "roberta")]
    [InlineData("nomic-bert-mean", "nomic_bert")]
    public void An_encoders_folder_makes_the_vectors_of_the_file_that_it_was_made_of(string name, string modelType)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], name, modelType);
        using var original = HearthModel.Load(VectorFiles.PathOf(name + ".gguf"), Options);
        using var model = HearthModel.Load(folder["model"], Options);
        using var expected = original.CreateEmbedder();
        using var actual = model.CreateEmbedder();
        Assert.Equal(expected.EmbedTokens(Tokens), actual.EmbedTokens(Tokens));
    }

    [Theory]
    [InlineData("exaone", "exaone")]
    [InlineData("llama-gqa-theta500k", "llama")]
    public void A_folder_has_the_tensors_of_the_file_that_it_was_made_of(string name, string modelType)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], name, modelType);
        using var original = GgufFile.Open(VectorFiles.PathOf(name + ".gguf"));
        using var made = ModelFile.Open(folder["model"]);
        foreach (var tensor in original.Tensors.Where(tensor => tensor.Name != "rope_freqs.weight"))
        {
            Assert.True(made.TryGetTensor(tensor.Name, out var same), tensor.Name);
            Assert.Equal(tensor.Dimensions, same.Dimensions);
            Assert.Equal(tensor.Bytes, same.Bytes);
        }
    }

    /// <summary>The folder has the same four bits in another order, and their exponents in another tensor.</summary>
    [Fact]
    public void Experts_of_four_bits_keep_them()
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "gpt-oss-mxfp4-moe", "gpt_oss");
        using var original = GgufFile.Open(VectorFiles.PathOf("gpt-oss-mxfp4-moe.gguf"));
        using var made = ModelFile.Open(folder["model"]);
        foreach (string name in (string[])["gate", "up", "down"])
        {
            Assert.True(original.TryGetTensor($"blk.1.ffn_{name}_exps.weight", out var expected));
            Assert.True(made.TryGetTensor($"blk.1.ffn_{name}_exps.weight", out var actual));
            Assert.Equal(WeightType.MXFP4, expected.Type);
            Assert.Equal(expected.Type, actual.Type);
            Assert.Equal(expected.Dimensions, actual.Dimensions);
            Assert.Equal(expected.Bytes, actual.Bytes);
        }

        using var model = HearthModel.Load(folder["model"], Options);
        Assert.All(Logits(model), logit => Assert.True(float.IsFinite(logit)));
    }

    [Fact]
    public void Layers_that_guess_ahead_and_other_senses_are_left_out()
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "deepseek2-v3", "deepseek_v3", config => config["num_nextn_predict_layers"] = 1);
        EightBitFolderTests.Rewrite(folder["model"], all =>
        {
            all.Add(("model.layers.3.eh_proj.weight", "F32", [1], new byte[4]));
            all.Add(("vision_tower.patch.weight", "F32", [1], new byte[4]));
        });
        using (ModelFile.Open(folder["model"]))
        {
        }

        EightBitFolderTests.Rewrite(folder["model"], all => all.Add(("model.layers.4.eh_proj.weight", "F32", [1], new byte[4])));
        Refused(folder["model"], "has the tensor model.layers.4.eh_proj.weight, which has no place");
    }

    [Fact]
    public void A_converted_folder_is_a_file_that_stands_alone()
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama");
        using (var source = ModelFile.OpenForConversion(folder["model"]))
        using (var pool = new WorkerPool(2))
        {
            Assert.True(FileKind.TryGet("F32", out var kind));
            Quantizer.Write(QuantizationPlan.Create(source, new QuantizationOptions(kind)), folder["out.gguf"], pool);
        }

        using var converted = HearthModel.Load(folder["out.gguf"], Options);
        using var model = HearthModel.Load(folder["model"], Options);
        Assert.Equal(LoadedModel.Bytes(Logits(model)), LoadedModel.Bytes(Logits(converted)));
        Assert.Equal(model.Tokenizer.Decode(Tokens, showSpecial: true), converted.Tokenizer.Decode(Tokens, showSpecial: true));
    }

    [Fact]
    public void What_a_folder_suggests_for_sampling_is_the_models_default_and_reaches_a_converted_file()
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama");
        File.WriteAllText(
            Path.Combine(folder["model"], "generation_config.json"),
            """{"temperature": 0.6, "top_k": 20, "top_p": 0.75, "min_p": null, "repetition_penalty": 1.25, "eos_token_id": [1, 2]}""");
        var defaults = new SamplerSettings();
        var expected = defaults with { Temperature = 0.6f, TopK = 20, TopP = 0.75f, RepeatPenalty = 1.25f };
        using (var source = ModelFile.OpenForConversion(folder["model"]))
        using (var pool = new WorkerPool(2))
        {
            Assert.True(FileKind.TryGet("F32", out var kind));
            Quantizer.Write(QuantizationPlan.Create(source, new QuantizationOptions(kind)), folder["out.gguf"], pool);
        }

        foreach (string name in (ReadOnlySpan<string>)["model", "out.gguf"])
        {
            using var model = HearthModel.Load(folder[name], Options);
            Assert.Equal(expected with { DrySequenceBreakers = [], LogitBiases = [] }, model.SuggestedSampling with { DrySequenceBreakers = [], LogitBiases = [] });
        }

        using var original = HearthModel.Load(VectorFiles.PathOf("llama-gqa-theta500k.gguf"), Options);
        Assert.Equal(defaults with { DrySequenceBreakers = [], LogitBiases = [] }, original.SuggestedSampling with { DrySequenceBreakers = [], LogitBiases = [] });
    }

    [Theory]
    [InlineData("[]", "generation_config.json: is no JSON object")]
    [InlineData("{\"top_p\": \"much\"}", "top_p is \"much\"; it should be a number")]
    [InlineData("{\"top_p\": 7}", "the sampling that it suggests cannot be used: top_p is 7; it must be between 0 and 1 (1 is off)")]
    public void A_suggestion_that_makes_no_sense_is_refused(string json, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama");
        File.WriteAllText(Path.Combine(folder["model"], "generation_config.json"), json);
        var error = Assert.Throws<InvalidModelException>(() => HearthModel.Load(folder["model"], Options).Dispose());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_type", "quux", "of the type 'quux' are not supported")]
    [InlineData("num_attention_heads", 3, "does not divide into 3 heads")]
    [InlineData("num_hidden_layers", 3, "model.layers.2.self_attn.q_proj.weight is missing")]
    [InlineData("num_hidden_layers", 1, "which has no place in a llama model of 1 layers")]
    [InlineData("num_hidden_layers", 99999, "layers")]
    [InlineData("hidden_size", 128, "should have 128 values")]
    [InlineData("hidden_size", "wide", "hidden_size is \"wide\"; it should be a whole number")]
    [InlineData("rms_norm_eps", null, "rms_norm_eps is missing")]
    [InlineData("vocab_size", 96, "vocab_size is 96, but the embedding has 97 rows")]
    [InlineData("rope_scaling", "yarn", "rope_scaling is \"yarn\"; it should be an object")]
    [InlineData("hidden_act", "gelu", "the activation is 'gelu', but llama is computed with silu alone")]
    [InlineData("hidden_act", 3, "it should be a text")]
    public void A_configuration_that_disagrees_is_refused(string key, object? value, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama", config => config[key] = value switch
        {
            int number => number,
            string text => text,
            _ => null,
        });
        Refused(folder["model"], message);
    }

    [Theory]
    [InlineData("""{"type":"linear","factor":0}""", "the factor of the rope scaling should be greater than 0")]
    [InlineData("""{"type":3}""", "config.json: type is 3; it should be a text")]
    [InlineData("""{"type":"longrope","long_factor":1,"original_max_position_embeddings":64}""", "long_factor is 1; it should be a list")]
    public void A_rope_scaling_that_makes_no_sense_is_refused(string scaling, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama", config => config["rope_scaling"] = JsonNode.Parse(scaling));
        Refused(folder["model"], message);
    }

    [Fact]
    public void A_layer_count_beyond_all_bounds_is_refused_before_anything_is_made_for_each_layer()
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "lfm2", "lfm2", config => config["num_hidden_layers"] = int.MaxValue);
        Refused(folder["model"], "has 2147483647 layers");
    }

    [Fact]
    public void Another_activation_is_computed_where_the_family_has_it()
    {
        using var folder = new TemporaryFolder();
        Write(folder["silu"], "llama-gqa-theta500k", "llama", config => config["hidden_act"] = "silu");
        Write(folder["relu"], "llama-gqa-theta500k", "llama", config => config["hidden_act"] = "relu");
        using var silu = HearthModel.Load(folder["silu"], Options);
        using var relu = HearthModel.Load(folder["relu"], Options);
        Assert.Equal("relu", relu.Metadata.GetString("llama.hidden_activation"));
        Assert.NotEqual(Logits(silu), Logits(relu));
    }

    [Fact]
    public void A_shard_that_is_a_pipe_is_refused_and_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has pipes elsewhere.");
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama");
        string shard = Path.Combine(folder["model"], "model.safetensors");
        File.Delete(shard);
        using (var make = System.Diagnostics.Process.Start("mkfifo", [shard]))
            make.WaitForExit();
        Refused(folder["model"], "has only 0 bytes");
    }

    [Theory]
    [InlineData("config.json", "without config.json")]
    [InlineData("tokenizer.json", "has no tokenizer.json")]
    [InlineData("model.safetensors", "has neither model.safetensors nor model.safetensors.index.json")]
    public void A_missing_file_is_named(string file, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama");
        File.Delete(Path.Combine(folder["model"], file));
        Refused(folder["model"], message);
    }

    [Theory]
    [InlineData("{\"weight_map\":{\"a\":\"b.safetensors\"}}", "this shard is missing")]
    [InlineData("{\"weight_map\":{\"a\":\"../b.safetensors\"}}", "which is no file of this folder")]
    [InlineData("{\"weight_map\":{\"a\":\"model.safetensors\"}}", "has not the tensor a")]
    [InlineData("{}", "has no weight_map")]
    [InlineData("{", "is not JSON")]
    public void A_wrong_index_is_refused(string index, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama");
        File.WriteAllText(Path.Combine(folder["model"], "model.safetensors.index.json"), index);
        Refused(folder["model"], message);
    }

    [Theory]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7, "cut off")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "which needs 12")]
    [InlineData("{\"w\":{\"dtype\":\"X9\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "of the unknown type X9")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "which is no size")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,8],\"data_offsets\":[0,8]}}", 8, "larger than any file")]
    [InlineData("{\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "inside of another")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "belong to none")]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "behind its last tensor")]
    [InlineData("[]", 0, "no JSON object")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "has a header that is not JSON")]
    public void A_hostile_header_is_refused(string header, int bytes, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama");
        FolderWriter.WriteRaw(Path.Combine(folder["model"], "model.safetensors"), header, new byte[bytes]);
        Refused(folder["model"], message);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("generation_config.json")]
    [InlineData("model.safetensors.index.json")]
    public void Bytes_that_are_not_UTF8_are_refused_by_the_files_name(string file)
    {
        using var folder = new TemporaryFolder();
        Write(folder["model"], "llama-gqa-theta500k", "llama");
        File.WriteAllBytes(Path.Combine(folder["model"], file), [.. "{\"x"u8, 0xFF, .. "\":1}"u8]);
        Refused(folder["model"], $"{file}: is not JSON: it is not UTF-8.");
    }

    private static HearthModelOptions Options => new() { Threads = 1, ContextLength = 32, MaxOutputs = 8 };

    internal static void Write(string folder, string name, string modelType, Action<JsonObject>? change = null)
    {
        using var file = GgufFile.Open(VectorFiles.PathOf(name + ".gguf"));
        new FolderWriter(file, file.Metadata.GetString("general.architecture"), modelType).Write(folder, change);
    }

    private static float[] Logits(HearthModel model)
    {
        using var session = model.CreateSession();
        var logits = new List<float>();
        session.AppendAll(Tokens, row => logits.AddRange(row));
        return [.. logits];
    }

    private static void Refused(string folder, string message)
    {
        var refusal = Assert.Throws<InvalidModelException>(() => HearthModel.Load(folder, Options).Dispose());
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder, refusal.Message, StringComparison.Ordinal);
    }
}
