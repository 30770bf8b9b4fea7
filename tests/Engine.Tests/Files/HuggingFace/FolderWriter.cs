using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.HuggingFace;

/// <summary>Writes a test model as the folder that it would have come from: the way back from GGUF, spelt out once more.</summary>
internal sealed class FolderWriter(GgufFile file, string architecture, string modelType)
{
    private static readonly Dictionary<string, string> Common = new()
    {
        ["token_embd"] = "model.embed_tokens",
        ["output_norm"] = "model.norm",
        ["output"] = "lm_head",
        ["attn_norm"] = "input_layernorm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["attn_q_norm"] = "self_attn.q_norm",
        ["attn_k_norm"] = "self_attn.k_norm",
        ["attn_qkv"] = "self_attn.qkv_proj",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
        ["ffn_gate_inp"] = "mlp.gate",
        ["ffn_gate_exps"] = "mlp.experts.#.gate_proj",
        ["ffn_up_exps"] = "mlp.experts.#.up_proj",
        ["ffn_down_exps"] = "mlp.experts.#.down_proj",
        ["ffn_gate_inp_shexp"] = "mlp.shared_expert_gate",
        ["ffn_gate_shexp"] = "mlp.shared_expert.gate_proj",
        ["ffn_up_shexp"] = "mlp.shared_expert.up_proj",
        ["ffn_down_shexp"] = "mlp.shared_expert.down_proj",
        ["post_attention_norm"] = "post_attention_layernorm",
        ["post_ffw_norm"] = "post_feedforward_layernorm",
    };

    private static readonly Dictionary<string, string> Special = new()
    {
        ["mixtral ffn_gate_inp"] = "block_sparse_moe.gate",
        ["mixtral ffn_gate_exps"] = "block_sparse_moe.experts.#.w1",
        ["mixtral ffn_up_exps"] = "block_sparse_moe.experts.#.w3",
        ["mixtral ffn_down_exps"] = "block_sparse_moe.experts.#.w2",
        ["gemma2 ffn_norm"] = "pre_feedforward_layernorm",
        ["gemma3_text ffn_norm"] = "pre_feedforward_layernorm",
        ["phi3 ffn_up"] = "mlp.gate_up_proj",
        ["phi output_norm"] = "model.final_layernorm",
        ["phi attn_output"] = "self_attn.dense",
        ["phi ffn_up"] = "mlp.fc1",
        ["phi ffn_down"] = "mlp.fc2",
        ["starcoder2 ffn_up"] = "mlp.c_fc",
        ["starcoder2 ffn_down"] = "mlp.c_proj",
        ["gpt2 token_embd"] = "transformer.wte",
        ["gpt2 position_embd"] = "transformer.wpe",
        ["gpt2 output_norm"] = "transformer.ln_f",
        ["gpt2 attn_norm"] = "ln_1",
        ["gpt2 attn_qkv"] = "attn.c_attn",
        ["gpt2 attn_output"] = "attn.c_proj",
        ["gpt2 ffn_norm"] = "ln_2",
        ["gpt2 ffn_up"] = "mlp.c_fc",
        ["gpt2 ffn_down"] = "mlp.c_proj",
        ["gpt_neox token_embd"] = "gpt_neox.embed_in",
        ["gpt_neox output"] = "embed_out",
        ["gpt_neox output_norm"] = "gpt_neox.final_layer_norm",
        ["gpt_neox attn_qkv"] = "attention.query_key_value",
        ["gpt_neox attn_output"] = "attention.dense",
        ["gpt_neox ffn_up"] = "mlp.dense_h_to_4h",
        ["gpt_neox ffn_down"] = "mlp.dense_4h_to_h",
        ["bloom token_embd"] = "transformer.word_embeddings",
        ["bloom token_embd_norm"] = "transformer.word_embeddings_layernorm",
        ["bloom output_norm"] = "transformer.ln_f",
        ["bloom attn_qkv"] = "self_attention.query_key_value",
        ["bloom attn_output"] = "self_attention.dense",
        ["bloom ffn_up"] = "mlp.dense_h_to_4h",
        ["bloom ffn_down"] = "mlp.dense_4h_to_h",
        ["falcon token_embd"] = "transformer.word_embeddings",
        ["falcon output_norm"] = "transformer.ln_f",
        ["falcon attn_qkv"] = "self_attention.query_key_value",
        ["falcon attn_output"] = "self_attention.dense",
        ["falcon attn_norm_2"] = "ln_attn",
        ["falcon ffn_up"] = "mlp.dense_h_to_4h",
        ["falcon ffn_down"] = "mlp.dense_4h_to_h",
    };

    private readonly FolderKind? kind = FolderKind.All.GetValueOrDefault(modelType);
    private readonly Dictionary<string, string>? names = FolderKind.All.GetValueOrDefault(modelType) is { } its ? Named(its).Names : null;
    private readonly string? layerPrefix = FolderKind.All.GetValueOrDefault(modelType) is { } its ? Named(its).LayerPrefix : null;
    private readonly List<(string Name, long[] Shape, float[] Values)> tensors = [];
    private readonly List<(string Name, string Type, long[] Shape, byte[] Bytes)> typed = [];

    public void Write(string folder, Action<JsonObject>? changeConfig = null)
    {
        Directory.CreateDirectory(folder);
        if (kind is null)
        {
            foreach (var tensor in file.Tensors)
                Add(tensor);
        }
        else
        {
            AddKind();
        }

        var config = Config();
        changeConfig?.Invoke(config);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        var vocabulary = new JsonObject();
        for (int id = 0; id < Int("vocab_size"); id++)
            vocabulary[$"t{id}"] = id;
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray()
            },
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "ByteLevel",
                ["add_prefix_space"] = false
            },
        }.ToJsonString());
        WriteTyped(
            Path.Combine(folder, "model.safetensors"),
            [
                .. tensors.Select(tensor => (tensor.Name, "F32", tensor.Shape, MemoryMarshal.AsBytes(tensor.Values.AsSpan()).ToArray())),
                .. typed,
            ]);
    }

    public static void WriteTensors(string path, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
        => WriteTyped(path, tensors.Select(tensor => (tensor.Name, "F32", tensor.Shape, MemoryMarshal.AsBytes(tensor.Values.AsSpan()).ToArray())));

    public static void WriteTyped(string path, IEnumerable<(string Name, string Type, long[] Shape, byte[] Bytes)> tensors)
    {
        var header = new JsonObject();
        long offset = 0;
        using var data = new MemoryStream();
        foreach (var (name, type, shape, bytes) in tensors)
        {
            long end = offset + bytes.Length;
            header[name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            data.Write(bytes);
            offset = end;
        }

        WriteRaw(path, header.ToJsonString(), data.ToArray());
    }

    public static void WriteRaw(string path, string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        File.WriteAllBytes(path, [.. length, .. text, .. data]);
    }

    private void AddKind()
    {
        var weights = new FolderWeights();
        foreach (var tensor in file.Tensors)
            weights[tensor.Name] = ([.. tensor.Dimensions.ToArray().Reverse()], Decoded(tensor));
        if (file.Tensors.Any(tensor => tensor.Type == WeightType.MXFP4))
            AddFourBits(weights);
        else
            kind!.Merge(file, weights);
        foreach (string full in weights.Names)
        {
            var (shape, values) = weights[full];
            var match = Regex.Match(full, @"^(?:blk\.(\d+)\.)?([\w.]+?)(?:\.(weight|bias))?$");
            string role = match.Groups[2].Value;
            string layer = match.Groups[1].Value;
            string name = (names!.TryGetValue(role, out string? special) ? special : Common[role]) + "." + match.Groups[3].Value;
            if (name.Contains('!', StringComparison.Ordinal))
                name = name[..name.IndexOf('!', StringComparison.Ordinal)];
            if (layer.Length > 0)
                name = $"{layerPrefix}{layer}.{name}";
            if (!name.Contains('#', StringComparison.Ordinal))
            {
                tensors.Add((name, shape, values));
                continue;
            }

            foreach (var (expert, part) in values.Chunk((int)(values.Length / shape[0])).Index())
                tensors.Add((name.Replace("#", $"{expert}", StringComparison.Ordinal), shape[1..], part));
        }
    }

    /// <summary>Experts as gpt-oss has them: blocks of values two by two, scales apart, gate and up row by row in turn.</summary>
    private void AddFourBits(FolderWeights weights)
    {
        for (int layer = 0; layer < Int("block_count"); layer++)
        {
            string name = $"blk.{layer}.ffn_";
            string target = $"model.layers.{layer}.mlp.experts.";
            Assert.True(file.TryGetTensor(name + "gate_exps.weight", out var gate));
            Assert.True(file.TryGetTensor(name + "up_exps.weight", out var up));
            Assert.True(file.TryGetTensor(name + "down_exps.weight", out var down));
            AddBlocks(target + "gate_up_proj", gate, up);
            AddBlocks(target + "down_proj", down);
            var gateBias = weights.Take(name + "gate_exps.bias");
            var upBias = weights.Take(name + "up_exps.bias");
            weights[$"blk.{layer}.gate_up_bias"] = (
                [gateBias.Shape[0], 2 * gateBias.Shape[1]],
                [.. gateBias.Values.Zip(upBias.Values).SelectMany(pair => (float[])[pair.First, pair.Second])]);
            weights[$"blk.{layer}.down_bias"] = weights.Take(name + "down_exps.bias");
            foreach (string part in (string[])["gate", "up", "down"])
                weights.Take($"{name}{part}_exps.weight");
        }
    }

    private void AddBlocks(string name, params GgufTensor[] parts)
    {
        (long columns, long rows, long experts) = (parts[0].Dimensions[0], parts[0].Dimensions[1] * parts.Length, parts[0].Dimensions[2]);
        var blocks = new List<byte>();
        var scales = new List<byte>();
        byte[][] all = [.. parts.Select(part => part.Bytes.ToArray())];
        int rowBytes = (int)columns / 32 * 17;
        for (int row = 0; row < rows * experts; row++)
        {
            byte[] source = all[row % parts.Length].AsSpan(row / parts.Length * rowBytes, rowBytes).ToArray();
            foreach (byte[] block in source.Chunk(17))
            {
                scales.Add(block[0]);
                int[] values = [.. block[1..].Select(pair => pair & 15), .. block[1..].Select(pair => pair >> 4)];
                blocks.AddRange(values.Chunk(2).Select(pair => (byte)(pair[0] | (pair[1] << 4))));
            }
        }

        typed.Add((name + "_blocks", "U8", [experts, rows, columns / 32, 16], [.. blocks]));
        typed.Add((name + "_scales", "U8", [experts, rows, columns / 32], [.. scales]));
    }

    private static FolderKind Named(FolderKind kind) => kind.SameAs is { } other ? FolderKind.All[other] : kind;

    private static float[] Decoded(GgufTensor tensor)
    {
        Assert.True(WeightFormat.TryGet(tensor.Type, out var format));
        float[] values = new float[tensor.ElementCount];
        format.Decode(tensor.Bytes, values);
        return values;
    }

    private int Int(string key, int fallback = 0) => file.Metadata.GetInt32($"{architecture}.{key}", fallback);

    private void Add(GgufTensor tensor)
    {
        var match = Regex.Match(tensor.Name, @"^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$");
        string role = match.Groups[2].Value;
        string layer = match.Groups[1].Value;
        if (modelType == "falcon" && role == "attn_norm" && file.TryGetTensor($"blk.{layer}.attn_norm_2.weight", out _))
            role = "ln_mlp";
        string name = role == "ln_mlp" ? role : Special.TryGetValue($"{modelType} {role}", out string? special) ? special : Common[role];
        if (layer.Length > 0)
            name = (modelType is "gpt2" or "bloom" or "falcon" ? "transformer.h." : modelType == "gpt_neox" ? "gpt_neox.layers." : "model.layers.") + $"{layer}.{name}";
        float[] values = Decoded(tensor);
        long[] shape = [.. tensor.Dimensions.ToArray().Reverse()];
        values = Undo(role, values, ref shape);
        string ending = "." + match.Groups[3].Value;
        if (!name.Contains('#'))
        {
            tensors.Add((name + ending, shape, values));
            return;
        }

        foreach (var (expert, part) in values.Chunk((int)(values.Length / shape[0])).Index())
            tensors.Add((name.Replace("#", $"{expert}", StringComparison.Ordinal) + ending, shape[1..], part));
    }

    private float[] Undo(string role, float[] values, ref long[] shape)
    {
        int heads = Int("attention.head_count");
        int kvHeads = Int("attention.head_count_kv", heads);
        bool isPaired = modelType is "llama" or "mistral" or "mixtral" or "granite" or "smollm3" or "arcee";
        if (isPaired && (role is "attn_q" or "attn_k"))
        {
            int length = (int)shape[0] / (role == "attn_q" ? heads : kvHeads);
            return Rows(values, (int)shape[0], row => (row / length * length) + (row % length % 2 * (length / 2)) + (row % length / 2));
        }

        if (role == "attn_qkv" && modelType is "gpt_neox" or "bloom" or "falcon")
        {
            int groups = modelType == "falcon" ? kvHeads : heads;
            int each = heads / groups;
            int length = (int)shape[0] / (heads + (2 * groups));
            return Rows(values, (int)shape[0], row =>
            {
                int head = row / length;
                int place = head < heads ? (head / each * (each + 2)) + (head % each)
                    : head < heads + groups ? ((head - heads) * (each + 2)) + each
                    : ((head - heads - groups) * (each + 2)) + each + 1;
                return (place * length) + (row % length);
            });
        }

        if (modelType is "gemma" or "gemma2" or "gemma3_text" && role.EndsWith("norm", StringComparison.Ordinal))
            return [.. values.Select(value => value - 1)];
        if (modelType == "gpt2" && shape.Length == 2 && !role.EndsWith("embd", StringComparison.Ordinal))
        {
            (long rows, long columns) = (shape[0], shape[1]);
            float[] turned = new float[values.Length];
            for (int i = 0; i < values.Length; i++)
                turned[(i % columns * rows) + (i / columns)] = values[i];
            shape = [columns, rows];
            return turned;
        }

        return values;
    }

    private static float[] Rows(float[] values, int rows, Func<int, int> target)
    {
        int columns = values.Length / rows;
        float[] moved = new float[values.Length];
        for (int row = 0; row < rows; row++)
            values.AsSpan(row * columns, columns).CopyTo(moved.AsSpan(target(row) * columns));
        return moved;
    }

    private JsonObject Config()
    {
        var config = new JsonObject { ["model_type"] = modelType };
        foreach (var (target, source) in (ReadOnlySpan<(string, string)>)
            [
                ("vocab_size", "vocab_size"), ("context_length", "max_position_embeddings"), ("embedding_length", "hidden_size"),
                ("block_count", "num_hidden_layers"), ("feed_forward_length", "intermediate_size"), ("attention.head_count", "num_attention_heads"),
                ("attention.head_count_kv", "num_key_value_heads"), ("attention.key_length", "head_dim"), ("rope.freq_base", "rope_theta"),
                ("attention.layer_norm_rms_epsilon", "rms_norm_eps"), ("attention.layer_norm_epsilon", "layer_norm_epsilon"),
                ("attention.sliding_window", "sliding_window"), ("attn_logit_softcapping", "attn_logit_softcapping"),
                ("final_logit_softcapping", "final_logit_softcapping"), ("rope.freq_base_swa", "rope_local_base_freq"),
                ("residual_scale", "residual_multiplier"), ("embedding_scale", "embedding_multiplier"), ("attention.scale", "attention_multiplier"),
                ("logit_scale", modelType.StartsWith("granite", StringComparison.Ordinal) ? "logits_scaling" : "logit_scale"),
                ("expert_count", "num_experts"), ("expert_used_count", "num_experts_per_tok"), ("expert_feed_forward_length", "moe_intermediate_size"),
                ("expert_shared_feed_forward_length", "shared_expert_intermediate_size"), ("rope.dimension_count", "rotary_dim"),
                ("use_parallel_residual", "use_parallel_residual"),
            ])
        {
            if (file.Metadata.TryGetValue($"{architecture}.{target}", out var value) && !value.IsArray)
                config[source] = JsonNode.Parse(value.ToString().ToLowerInvariant());
        }

        foreach (var (target, source) in kind?.Keys ?? [])
        {
            if (file.Metadata.TryGetValue($"{architecture}.{target}", out var value))
                config[source] = JsonNode.Parse(value.ToString().ToLowerInvariant());
        }

        kind?.Complete(file, config);
        if (modelType == "falcon")
        {
            config["new_decoder_architecture"] = Int("attention.head_count_kv") > 1;
            config["num_kv_heads"] = Int("attention.head_count_kv");
        }

        return config;
    }
}
