using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Quantization;
using Hearth.Engine.Tests.Files;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Tests.Quantization;

public sealed class QuantizerTests
{
    private const int Width = 512;

    [Theory]
    [InlineData("Q4_K_M")]
    [InlineData("Q8_0")]
    [InlineData("IQ4_XS")]
    [InlineData("BF16")]
    public void Each_row_is_what_its_format_encodes(string kind)
    {
        using var folder = new TemporaryFolder();
        using var source = Source(folder);
        Quantize(source, folder["out.gguf"], new QuantizationOptions(Kind(kind)));
        using var result = GgufFile.Open(folder["out.gguf"]);
        Assert.Equal((uint)Kind(kind).Number, result.Metadata.GetUInt32("general.file_type"));
        Assert.Equal("kept", result.Metadata.GetString("general.name"));
        foreach (var tensor in result.Tensors)
        {
            Assert.True(source.TryGetTensor(tensor.Name, out var original));
            Assert.Equal(original.Dimensions.ToArray(), tensor.Dimensions.ToArray());
            Assert.Equal(Encoded(original, tensor.Type, null), tensor.Bytes.ToArray());
        }
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        using var source = Source(folder);
        foreach (int threads in (int[])[1, 2, 5])
            Quantize(source, folder[$"{threads}.gguf"], new QuantizationOptions(Kind("Q4_K_M")), threads);
        Assert.Equal(File.ReadAllBytes(folder["1.gguf"]), File.ReadAllBytes(folder["2.gguf"]));
        Assert.Equal(File.ReadAllBytes(folder["1.gguf"]), File.ReadAllBytes(folder["5.gguf"]));
    }

    [Fact]
    public void Importances_reach_the_encoder_and_each_expert_has_its_own()
    {
        using var folder = new TemporaryFolder();
        using var source = Source(folder);
        float[] shared = [.. Enumerable.Range(0, Width).Select(i => 1f + (i % 5))];
        float[] experts = [.. Enumerable.Range(0, 2 * Width).Select(i => i < Width ? 1f + (i % 3) : 10f - (i % 7))];
        var importance = Importance(("blk.0.attn_q.weight", shared, 1), ("blk.0.ffn_up_exps.weight", experts, 2));
        var options = new QuantizationOptions(Kind("Q4_K_S")) { Importance = importance };
        Quantize(source, folder["out.gguf"], options);
        using var result = GgufFile.Open(folder["out.gguf"]);
        foreach (var (name, values) in ((string, float[])[])[("blk.0.attn_q.weight", shared), ("blk.0.ffn_up_exps.weight", experts)])
        {
            Assert.True(source.TryGetTensor(name, out var original));
            Assert.True(result.TryGetTensor(name, out var tensor));
            Assert.Equal(Encoded(original, tensor.Type, values), tensor.Bytes.ToArray());
            Assert.NotEqual(Encoded(original, tensor.Type, null), tensor.Bytes.ToArray());
        }

        Assert.Equal(2u, result.Metadata.GetUInt32("quantize.imatrix.entries_count"));
    }

    [Fact]
    public void Flags_overrule_the_kind()
    {
        using var folder = new TemporaryFolder();
        using var source = Source(folder);
        var plan = QuantizationPlan.Create(source, new QuantizationOptions(Kind("Q4_0"))
        {
            TensorTypes = [(new Regex("attn_"), WeightType.Q5_0), (new Regex(@"blk\.0\.attn_q"), WeightType.Q6_K)],
            OutputType = WeightType.Q8_0,
            EmbeddingType = WeightType.F16,
        });
        var types = plan.Tensors.ToDictionary(tensor => tensor.Source.Name, tensor => tensor.Type);
        Assert.Equal(WeightType.Q6_K, types["blk.0.attn_q.weight"]);
        Assert.Equal(WeightType.Q5_0, types["blk.0.attn_v.weight"]);
        Assert.Equal(WeightType.Q8_0, types["output.weight"]);
        Assert.Equal(WeightType.F16, types["token_embd.weight"]);
        Assert.Equal(WeightType.F32, types["blk.0.attn_norm.weight"]);
        var kept = QuantizationPlan.Create(source, new QuantizationOptions(Kind("Q4_0")) { KeepOutput = true });
        Assert.True(kept.Tensors.Single(tensor => tensor.Source.Name == "output.weight").IsKept);
    }

    [Fact]
    public void Rows_that_do_not_divide_fall_back_and_the_plan_says_so()
    {
        using var folder = new TemporaryFolder();
        using var source = Source(folder);
        var plan = QuantizationPlan.Create(source, new QuantizationOptions(Kind("Q4_K_S")));
        var narrow = plan.Tensors.Single(tensor => tensor.Source.Name == "blk.0.ffn_gate.weight");
        Assert.Equal((WeightType.Q5_0, WeightType.Q4_K, true), (narrow.Type, narrow.Wanted, narrow.IsFallback));
        Assert.Equal(plan.Bytes, plan.Tensors.Sum(tensor => tensor.Bytes));
    }

    [Fact]
    public void What_is_quantised_is_not_quantised_again_unless_that_is_allowed()
    {
        using var source = GgufFile.Open(VectorFiles.PathOf("llama-q-q4_0.gguf"));
        var refusal = Assert.Throws<InvalidModelException>(() => QuantizationPlan.Create(source, new QuantizationOptions(Kind("Q8_0"))));
        Assert.Contains("is quantised already (Q4_0)", refusal.Message, StringComparison.Ordinal);
        var plan = QuantizationPlan.Create(source, new QuantizationOptions(Kind("Q8_0")) { AllowRequantize = true });
        Assert.Contains(plan.Tensors, tensor => tensor.Type == WeightType.Q8_0);
    }

    [Fact]
    public void A_type_that_needs_importances_is_planned_but_not_written_without()
    {
        using var folder = new TemporaryFolder();
        using var source = Source(folder);
        var plan = QuantizationPlan.Create(source, new QuantizationOptions(Kind("IQ2_XXS")));
        Assert.Contains(plan.Tensors, tensor => tensor.LacksImportance);
        using var pool = new WorkerPool(1);
        var refusal = Assert.Throws<InvalidModelException>(() => Quantizer.Write(plan, folder["out.gguf"], pool));
        Assert.Contains("needs an importance matrix", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out.gguf"]));
    }

    [Fact]
    public void An_importance_matrix_of_another_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var source = Source(folder);
        var importance = Importance(("blk.0.attn_q.weight", new float[100], 1));
        var refusal = Assert.Throws<InvalidModelException>(
            () => QuantizationPlan.Create(source, new QuantizationOptions(Kind("Q4_0")) { Importance = importance }));
        Assert.Contains("it was made with another model", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using var source = Source(folder);
        using var pool = new WorkerPool(2);
        var plan = QuantizationPlan.Create(source, new QuantizationOptions(Kind("Q4_K_M")));
        Assert.Throws<OperationCanceledException>(
            () => Quantizer.Write(plan, folder["out.gguf"], pool, null, new CancellationToken(canceled: true)));
        Assert.Equal(["in.gguf"], folder.Files);
    }

    /// <summary>Types whose encoders give the reference's bytes; the rest have limits of their error (see the tests of formats).</summary>
    [Theory]
    [InlineData("Q8_0", false)]
    [InlineData("Q4_0", true)]
    [InlineData("Q4_1", true)]
    [InlineData("Q5_0", true)]
    [InlineData("Q5_1", true)]
    public void A_file_has_the_tensors_of_the_file_that_the_reference_made(string kind, bool pure)
    {
        using var folder = new TemporaryFolder();
        using (var source = GgufFile.Open(VectorFiles.PathOf("llama-q-f16.gguf")))
            Quantize(source, folder["out.gguf"], new QuantizationOptions(Kind(kind)) { Pure = pure });
        using var result = GgufFile.Open(folder["out.gguf"]);
        using var reference = GgufFile.Open(VectorFiles.PathOf($"llama-q-{kind.ToLowerInvariant()}.gguf"));
        Assert.Equal(reference.Tensors.Count, result.Tensors.Count);
        foreach (var expected in reference.Tensors)
        {
            Assert.True(result.TryGetTensor(expected.Name, out var tensor));
            Assert.Equal(expected.Type, tensor.Type);
            Assert.True(expected.Bytes.SequenceEqual(tensor.Bytes), expected.Name);
        }
    }

    private static FileKind Kind(string name)
    {
        Assert.True(FileKind.TryGet(name, out var kind));
        return kind;
    }

    private static ImportanceMatrix Importance(params (string Name, float[] Sums, int Matrices)[] entries)
        => new("test", entries.ToDictionary(e => e.Name, e => new ImportanceEntry(e.Sums, [.. Enumerable.Repeat(1f, e.Matrices)])), [], 1, 8);

    private static void Quantize(GgufFile source, string path, QuantizationOptions options, int threads = 2)
    {
        using var pool = new WorkerPool(threads);
        Quantizer.Write(QuantizationPlan.Create(source, options), path, pool);
    }

    private static GgufFile Source(TemporaryFolder folder)
    {
        var random = new Random(7);
        var writer = new GgufWriter(new GgufMetadataBuilder("in") { ["general.architecture"] = "llama", ["general.name"] = "kept" }.Build());
        Add("token_embd.weight", Width, 40);
        Add("output.weight", Width, 40);
        Add("blk.0.attn_norm.weight", Width);
        Add("blk.0.attn_q.weight", Width, 33);
        Add("blk.0.attn_v.weight", Width, 33);
        Add("blk.0.ffn_gate.weight", 96, 7);
        Add("blk.0.ffn_up_exps.weight", Width, 9, 2);
        writer.Write(folder["in.gguf"]);
        return GgufFile.Open(folder["in.gguf"]);

        void Add(string name, params long[] dimensions)
        {
            float[] values = [.. Enumerable.Range(0, (int)dimensions.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)];
            writer.Add(name, WeightType.F32, dimensions, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
        }
    }

    private static byte[] Encoded(GgufTensor original, WeightType type, float[]? importance)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        int columns = (int)original.Dimensions[0];
        int rows = (int)(original.ElementCount / columns);
        var weights = MemoryMarshal.Cast<byte, float>(original.Bytes);
        byte[] bytes = new byte[format.RowBytes(original.ElementCount)];
        int rowBytes = bytes.Length / rows;
        for (int row = 0; row < rows; row++)
        {
            int at = importance?.Length > columns ? row / (int)original.Dimensions[1] * columns : 0;
            var columnImportance = importance is null ? default : importance.AsSpan(at, columns);
            format.Encode(weights.Slice(row * columns, columns), columnImportance, bytes.AsSpan(row * rowBytes, rowBytes));
        }

        return bytes;
    }
}
