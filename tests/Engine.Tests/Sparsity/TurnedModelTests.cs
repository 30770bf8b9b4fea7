using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Quantization;
using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Tests.Files;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Tests.Sparsity;

public sealed class TurnedModelTests
{
    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5];

    [Theory]
    [InlineData("Q4_0", WeightType.Q4_0)]
    [InlineData("Q8_0", WeightType.Q8_0)]
    [InlineData("Q4_K_M", WeightType.Q8_0)]
    [InlineData("F16", WeightType.F16)]
    public void Rows_of_a_turned_matrix_are_columns_of_the_original_in_a_type_that_is_decoded_in_registers(string kind, WeightType type)
    {
        using var folder = new TemporaryFolder();
        using var original = GgufFile.Open(VectorFiles.PathOf("llama-q-f16.gguf"));
        Quantize(folder["out.gguf"], "llama-q-f16.gguf", kind);
        using var result = GgufFile.Open(folder["out.gguf"]);
        Assert.True(original.TryGetTensor("blk.0.ffn_down.weight", out var down));
        Assert.True(result.TryGetTensor("blk.0.ffn_down_t.weight", out var turned));
        Assert.False(result.TryGetTensor("blk.0.ffn_down.weight", out _));
        Assert.Equal(type, turned.Type);
        Assert.Equal([down.Dimensions[1], down.Dimensions[0]], turned.Dimensions.ToArray());
        float[] weights = Decoded(down);
        float[] turnedWeights = Decoded(turned);
        int inputs = (int)down.Dimensions[0];
        int outputs = (int)down.Dimensions[1];
        float largest = weights.Max(MathF.Abs);
        for (int i = 0; i < weights.Length; i++)
            Assert.InRange(turnedWeights[(i % inputs * outputs) + (i / inputs)], weights[i] - (largest / 7), weights[i] + (largest / 7));
    }

    [Fact]
    public void A_turned_file_of_halves_is_the_same_model_sparse_or_not_biases_included()
    {
        using var folder = new TemporaryFolder();
        Quantize(folder["out.gguf"], "llama-bias.gguf", "F32");
        using var turned = new LoadedModel(folder["out.gguf"]);
        using var original = new LoadedModel(VectorFiles.PathOf("llama-bias.gguf"));
        Assert.Equal(original.Logits(Tokens, 64), turned.Logits(Tokens, 64));
    }

    [Fact]
    public void A_turned_quantised_file_runs_sparse_without_rounding_again()
    {
        using var folder = new TemporaryFolder();
        Quantize(folder["out.gguf"], "llama-q-f16.gguf", "Q4_0");
        var keys = new Dictionary<string, GgufValue> { ["llama.hidden_activation"] = "relu" };
        using var sparse = new LoadedModel(GgufFile.Open(folder["out.gguf"]).Overriding(keys), sparsity: SparsityMode.Auto);
        using var dense = new LoadedModel(GgufFile.Open(folder["out.gguf"]).Overriding(keys));
        Assert.NotEmpty(sparse.SparseLayers);
        Assert.InRange(LoadedModel.NormalisedError(sparse.Logits(Tokens, 1), dense.Logits(Tokens, 64)), 1e-14, 1e-5);
    }

    [Fact]
    public void Read_whole_a_turned_quantised_file_takes_halves()
    {
        using var folder = new TemporaryFolder();
        Quantize(folder["out.gguf"], "llama-q-f16.gguf", "Q4_0");
        using var file = GgufFile.Open(folder["out.gguf"]);
        var summary = ModelSummary.Read(file);
        long weights = file.Tensors.Where(tensor => TurnedModel.IsTurned(tensor.Name)).Sum(tensor => tensor.ElementCount);
        var memory = new SystemMemory(1L << 40, 0);
        var whole = MemoryPlan.Of(summary, 64, new HearthModelOptions(), memory, hasPanels: false);
        var sparse = MemoryPlan.Of(summary, 64, new HearthModelOptions { Sparsity = SparsityMode.Auto }, memory, hasPanels: false);
        Assert.Equal((2 * weights) - (18 * weights / 32), whole.WeightBytes - sparse.WeightBytes);
    }

    [Fact]
    public void What_is_quantised_already_is_refused()
    {
        using var file = GgufFile.Open(VectorFiles.PathOf("llama-q-q4_0.gguf"));
        var error = Assert.Throws<InvalidModelException>(() => TurnedModel.Of(file));
        Assert.Contains("there is no blk.N.ffn_down.weight of 16 or 32 bits", error.Message, StringComparison.Ordinal);
    }

    private static void Quantize(string target, string file, string kind)
    {
        using var source = TurnedModel.Of(GgufFile.Open(VectorFiles.PathOf(file)));
        using var pool = new WorkerPool(2);
        Assert.True(FileKind.TryGet(kind, out var known));
        Quantizer.Write(QuantizationPlan.Create(source, new QuantizationOptions(known)), target, pool);
    }

    private static float[] Decoded(GgufTensor tensor)
    {
        Assert.True(WeightFormat.TryGet(tensor.Type, out var format));
        float[] values = new float[tensor.ElementCount];
        format.Decode(tensor.Bytes, values);
        return values;
    }
}
