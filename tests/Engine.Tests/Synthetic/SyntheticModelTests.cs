using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tests.Files;
using Hearth.Kernels.Formats;
using Hearth.Perf.EndToEnd.Synthetic;

namespace Hearth.Engine.Tests.Synthetic;

public sealed class SyntheticModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        Write("a", "Q4_0", seed: 1);
        Write("b", "Q4_0", seed: 1);
        Write("c", "Q4_0", seed: 2);

        Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));
        Assert.NotEqual(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["c"]));
    }

    [Theory]
    [InlineData("tiny", "F32")]
    [InlineData("tiny", "BF16")]
    [InlineData("tiny", "Q8_0")]
    [InlineData("tiny", "Q4_K_M")]
    [InlineData("tiny", "IQ2_XXS")]
    [InlineData("tiny-moe", "Q4_K_M")]
    public void Every_tensor_is_there_with_weights_of_the_planned_size(string name, string type)
    {
        var shape = Shape(name);
        SyntheticModel.Write(folder["a"], shape, Mix(type), seed: 1);
        using var file = GgufFile.Open(folder["a"]);

        var plans = TensorPlan.For(shape, Mix(type));
        Assert.Equal(plans.Select(plan => plan.Name), file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(shape.Parameters, file.Tensors.Sum(tensor => tensor.ElementCount));
        foreach (var (plan, tensor) in plans.Zip(file.Tensors))
        {
            Assert.Equal(plan.Dimensions, tensor.Dimensions.ToArray());
            Assert.Equal(plan.Type, tensor.Type);
            var weights = Decode(tensor);
            Assert.All(weights, weight => Assert.True(float.IsFinite(weight)));
            var deviation = plan.Rows == 0 ? 1 : WeightRecipe.For(plan, shape).Deviation;
            Assert.InRange(Math.Sqrt(weights.Average(weight => (double)weight * weight)) / deviation, 0.9, 1.1);
        }
    }

    [Fact]
    public void No_two_tokens_have_the_same_weights()
    {
        Write("a", "Q4_K_M");
        using var file = GgufFile.Open(folder["a"]);

        foreach (var name in new[] { "token_embd.weight", "output.weight" })
        {
            Assert.True(file.TryGetTensor(name, out var tensor));
            var rows = tensor.Bytes.ToArray().Chunk((int)(tensor.ByteLength / tensor.Dimensions[1])).Select(Convert.ToHexString);
            Assert.Distinct(rows);
        }
    }

    [Fact]
    public void The_vocabulary_matches_the_embedding()
    {
        Write("a", "Q8_0");
        using var file = GgufFile.Open(folder["a"]);

        var tokens = file.Metadata.GetStringArray("tokenizer.ggml.tokens");
        Assert.Equal(512, tokens.Count);
        Assert.Equal(512, file.Metadata.GetSingleArray("tokenizer.ggml.scores").Length);
        Assert.Equal(512, file.Metadata.GetInt32Array("tokenizer.ggml.token_type").Length);
        Assert.Equal(512, file.Metadata.GetInt32("llama.vocab_size"));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(2048)]
    public void A_tenth_of_the_neurons_behind_a_ReLU_gate_fires(int feedForward)
    {
        var shape = Shape("tiny") with { Relu = true, FeedForward = feedForward };
        SyntheticModel.Write(folder["a"], shape, Mix("Q8_0"), seed: 1);
        using var file = GgufFile.Open(folder["a"]);

        Assert.Equal("relu", file.Metadata.GetString("llama.hidden_activation"));
        Assert.True(file.TryGetTensor("token_embd.weight", out var embedding));
        Assert.True(file.TryGetTensor("blk.0.ffn_gate.weight", out var gate));
        var tokens = Decode(embedding).Chunk(shape.Width).Take(64);
        var rows = Decode(gate).Chunk(shape.Width).ToArray();

        var active = tokens.Average(token => rows.Average(row => token.Zip(row, (x, w) => x * w).Sum() > 0 ? 1.0 : 0));

        Assert.InRange(active, 0.08, 0.13);
    }

    [Fact]
    public void No_block_of_a_ReLU_model_writes_to_the_channel_that_carries_the_thresholds()
    {
        SyntheticModel.Write(folder["a"], Shape("tiny") with { Relu = true }, Mix("Q4_0"), seed: 1);
        using var file = GgufFile.Open(folder["a"]);

        foreach (var tensor in file.Tensors.Where(tensor => tensor.Name.Contains("_output.") || tensor.Name.Contains("_down.")))
            Assert.All(Decode(tensor).Take((int)tensor.Dimensions[0]), weight => Assert.Equal(0, weight));
    }

    private static ModelShape Shape(string name)
    {
        Assert.True(ShapeCatalog.TryGet(name, out var shape));
        return shape;
    }

    private static TypeMix Mix(string name)
    {
        Assert.True(TypeMix.TryGet(name, pure: false, out var mix));
        return mix;
    }

    private static float[] Decode(GgufTensor tensor)
    {
        Assert.True(WeightFormat.TryGet(tensor.Type, out var format));
        var weights = new float[tensor.ElementCount];
        format.Decode(tensor.Bytes, weights);
        return weights;
    }

    private void Write(string name, string type, ulong seed = 1) => SyntheticModel.Write(folder[name], Shape("tiny"), Mix(type), seed);
}
