using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Hearth.Engine.Files;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.HuggingFace;

public sealed class EightBitFolderTests
{
    private const string Matrix = "model.layers.0.mlp.up_proj.weight";

    private static readonly Random Random = new(20261128);

    public static TheoryData<string, string, int[]?, string, int[]?> Schemes => new()
    {
        { "F8_E4M3", "_scale_inv", [128, 128], "fp8", null },
        { "F8_E4M3", "_scale_inv", [32, 32], "fp8", [32, 32] },
        { "F8_E4M3", "_scale", [], "fbgemm_fp8", null },
        { "F8_E4M3", "_scale", [1, 1 << 20], "compressed-tensors float-quantized", null },
        { "F8_E5M2", "_scale", [1, 1 << 20], "compressed-tensors float-quantized", null },
        { "I8", "_scale", [1, 1 << 20], "compressed-tensors int-quantized", null },
        { "F8_E4M3", "", null, "fp8", null },
        { "F8_E5M2", "", null, "fp8", null },
    };

    /// <summary>Every value is code * scale, each of them spelt out once more by the definition of its type.</summary>
    [Theory]
    [MemberData(nameof(Schemes))]
    public void Eight_bit_weights_are_decoded_exactly(string type, string scaleName, int[]? block, string method, int[]? stated)
    {
        using var folder = new TemporaryFolder();
        var (expected, _) = WriteFolder(folder["model"], type, scaleName, block, method, stated);
        using var file = ModelFile.Open(folder["model"]);
        Assert.True(file.TryGetTensor("blk.0.ffn_up.weight", out var tensor));
        Assert.Equal(WeightType.F32, tensor.Type);
        float[] actual = new float[tensor.ElementCount];
        Assert.True(WeightFormat.TryGet(WeightType.F32, out var format));
        format.Decode(tensor.Bytes, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Scales_that_fit_no_such_tensor_are_refused()
    {
        using var folder = new TemporaryFolder();
        WriteFolder(folder["model"], "F8_E4M3", "_scale", [7, 5], "fp8", null);
        Refused(folder["model"], "has not the shape of scales for " + Matrix);
    }

    [Fact]
    public void Integers_without_scales_are_refused()
    {
        using var folder = new TemporaryFolder();
        WriteFolder(folder["model"], "I8", "", null, "fp8", null);
        Refused(folder["model"], "is of the type I8 and has no scale beside it");
    }

    [Theory]
    [InlineData("{\"quant_method\":\"gptq\",\"bits\":4}", "the weights are quantised by GPTQ, which Hearth does not read; take the model's original folder")]
    [InlineData("{\"quant_method\":\"awq\",\"bits\":4}", "quantised by AWQ")]
    [InlineData("{\"quant_method\":\"bitsandbytes\",\"load_in_4bit\":true}", "quantised by bitsandbytes")]
    [InlineData("{\"quant_method\":\"compressed-tensors\",\"format\":\"pack-quantized\"}", "quantised by compressed-tensors (pack-quantized)")]
    [InlineData("{\"quant_method\":\"modelopt\",\"quant_algo\":\"NVFP4\"}", "quantised by modelopt (NVFP4)")]
    [InlineData("{}", "quantised by a method without a name")]
    public void Other_schemes_are_refused_by_name(string scheme, string message)
    {
        using var folder = new TemporaryFolder();
        ModelFolderTests.Write(folder["model"], "llama-mha", "llama", config => config["quantization_config"] = JsonNode.Parse(scheme));
        Refused(folder["model"], message);
    }

    [Theory]
    [InlineData("model.layers.0.self_attn.q_proj.qweight", "I32", "quantised by GPTQ or AWQ (there is a tensor model.layers.0.self_attn.q_proj.qweight)")]
    [InlineData("model.layers.0.self_attn.q_proj.weight.absmax", "U8", "quantised by bitsandbytes")]
    public void Schemes_that_only_the_tensors_show_are_refused_by_name(string tensor, string type, string message)
    {
        using var folder = new TemporaryFolder();
        ModelFolderTests.Write(folder["model"], "llama-mha", "llama");
        Rewrite(folder["model"], all => all.Add((tensor, type, [4], new byte[type == "I32" ? 16 : 4])));
        Refused(folder["model"], message);
    }

    [Fact]
    public void A_type_that_no_model_is_computed_with_is_named()
    {
        using var folder = new TemporaryFolder();
        ModelFolderTests.Write(folder["model"], "llama-mha", "llama");
        Rewrite(folder["model"], all =>
        {
            int index = all.FindIndex(tensor => tensor.Name == Matrix);
            all[index] = all[index] with { Type = "I32" };
        });
        Refused(folder["model"], "is of the type I32; F32, F16, BF16 and scaled 8-bit types can be read");
    }

    private static void Refused(string folder, string message)
    {
        var refusal = Assert.Throws<InvalidModelException>(() => ModelFile.Open(folder).Dispose());
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder, refusal.Message, StringComparison.Ordinal);
    }

    private static (float[] Values, long[] Shape) WriteFolder(
        string folder, string type, string scaleName, int[]? block, string method, int[]? stated)
    {
        ModelFolderTests.Write(folder, "llama-mha", "llama", config =>
        {
            string[] words = method.Split(' ');
            config["quantization_config"] = new JsonObject { ["quant_method"] = words[0], ["format"] = words.Length > 1 ? words[1] : null };
            if (stated is not null)
                config["quantization_config"]!["weight_block_size"] = new JsonArray(stated[0], stated[1]);
        });
        float[] expected = [];
        long[] shape = [];
        Rewrite(folder, all =>
        {
            int index = all.FindIndex(tensor => tensor.Name == Matrix);
            shape = all[index].Shape;
            (int rows, int columns) = ((int)shape[0], (int)shape[1]);
            byte[] codes = new byte[rows * columns];
            for (int i = 0; i < codes.Length; i++)
                codes[i] = Code(type, i);
            (int scaleRows, int scaleColumns) = block is null or [] ? (1, 1)
                : (Math.Max(1, (rows + block[0] - 1) / block[0]), (columns + block[1] - 1) / block[1]);
            float[] scales = [.. Enumerable.Range(0, scaleRows * scaleColumns).Select(_ => (Random.NextSingle() - 0.25f) / 3)];
            expected = [.. codes.Select((code, i) => Value(type, code) * (block switch
            {
                null => 1,
                [] => scales[0],
                _ => scales[(i / columns / block[0] * scaleColumns) + (i % columns / block[1])],
            }))];
            all[index] = (Matrix, type, shape, codes);
            if (block is not null)
            {
                byte[] bytes = new byte[scales.Length * 4];
                for (int i = 0; i < scales.Length; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * 4), scales[i]);
                all.Add((Matrix + scaleName, "F32", block.Length == 0 ? [] : [scaleRows, scaleColumns], bytes));
            }
        });
        return (expected, shape);
    }

    /// <summary>All codes in turn but those that are no numbers.</summary>
    private static byte Code(string type, int i) => (type, i % 256) switch
    {
        ("F8_E4M3", 127 or 255) => 1,
        ("F8_E5M2", (>= 124 and <= 127) or >= 252) => 2,
        var (_, code) => (byte)code,
    };

    private static float Value(string type, byte code)
    {
        if (type == "I8")
            return code < 128 ? code : code - 256;
        int mantissaBits = type == "F8_E4M3" ? 3 : 2;
        int bias = type == "F8_E4M3" ? 7 : 15;
        int exponent = (code & 127) >> mantissaBits;
        double fraction = (code & ((1 << mantissaBits) - 1)) / (double)(1 << mantissaBits);
        double magnitude = exponent == 0 ? fraction * Math.Pow(2, 1 - bias) : (1 + fraction) * Math.Pow(2, exponent - bias);
        return (float)(code < 128 ? magnitude : -magnitude);
    }

    internal static void Rewrite(string folder, Action<List<(string Name, string Type, long[] Shape, byte[] Bytes)>> change)
    {
        string path = Path.Combine(folder, "model.safetensors");
        byte[] all = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(all);
        var header = JsonNode.Parse(all.AsSpan(8, length))!.AsObject();
        var tensors = new List<(string Name, string Type, long[] Shape, byte[] Bytes)>();
        foreach (var (name, entry) in header)
        {
            long[] offsets = entry!["data_offsets"]!.AsArray().GetValues<long>().ToArray();
            tensors.Add((name, (string)entry["dtype"]!, [.. entry["shape"]!.AsArray().GetValues<long>()],
                all[(int)(8 + length + offsets[0])..(int)(8 + length + offsets[1])]));
        }

        change(tensors);
        FolderWriter.WriteTyped(path, tensors);
    }
}
