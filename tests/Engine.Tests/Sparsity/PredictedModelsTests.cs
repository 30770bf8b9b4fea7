using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Sparsity;

/// <summary>Models with predictors before their gates.</summary>
public sealed class PredictedModelsTests : IDisposable
{
    private const int Rank = 24;

    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6];

    private readonly string folder = Directory.CreateTempSubdirectory("hearth-predicted-").FullName;

    public static TheoryData<string, string> Models { get; } = new()
    {
        { "llama-mha.gguf", "relu" },
        { "llama-mha.gguf", "bamboo" },
        { "llama-bf16.gguf", "bamboo" },
        { "llama-q-q4_0.gguf", "relu" },
        { "llama-q-q4_k_m.gguf", "bamboo" },
        { "arcee.gguf", "" },
        { "nemotron.gguf", "" },
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_predictor_that_chooses_everything_changes_no_byte(string file, string activation)
    {
        using var exact = Open(file, activation, SparsityMode.Exact);
        using var predicted = Open(file, activation, SparsityMode.Exact, predictor: _ => new Everything());
        Assert.All(predicted.SparseLayers, layer => Assert.Equal("everything", layer.Predictor));
        float[] expected = exact.Logits(Tokens, 64);
        foreach (int chunk in (int[])[64, 1, 3])
            Assert.Equal(expected, predicted.Logits(Tokens, chunk));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Logits_have_the_same_bytes_for_any_threads_chunks_and_company(string file, string activation)
        => SameBytes.OverThreadsChunksAndCompany(Tokens, threads => Open(file, activation, SparsityMode.Sign, threads));

    [Theory]
    [MemberData(nameof(Models))]
    public void Logits_have_the_same_bytes_on_every_rung(string file, string activation)
        => SameBytes.OnEveryRung(Tokens, kernels => Open(file, activation, SparsityMode.Sign, kernels: kernels));

    [Fact]
    public void Signs_leave_something_out_and_lose_little()
    {
        using var exact = Open("llama-mha.gguf", "relu", SparsityMode.Exact);
        using var sign = Open("llama-mha.gguf", "relu", SparsityMode.Sign);
        Assert.InRange(LoadedModel.NormalisedError(sign.Logits(Tokens, 1), exact.Logits(Tokens, 1)), 1e-12, 2e-2);
        Assert.All(sign.SparseLayers, layer => Assert.InRange(layer.PredictedShare, layer.ActiveShare, 0.99));
    }

    [Fact]
    public void A_gate_with_a_bias_has_no_vote()
    {
        using var exact = Open("llama-bias.gguf", "relu", SparsityMode.Exact);
        using var sign = Open("llama-bias.gguf", "relu", SparsityMode.Sign);
        bool hasBias = GgufFile.Open(VectorFiles.PathOf("llama-bias.gguf")).TryGetTensor("blk.0.ffn_gate.bias", out _);
        Assert.Equal(hasBias, sign.SparseLayers.All(layer => layer.Predictor == null));
        Assert.Equal(hasBias, exact.Logits(Tokens, 1).SequenceEqual(sign.Logits(Tokens, 1)));
    }

    [Fact]
    public void Trained_predictors_read_what_the_norm_reads()
    {
        using var trained = new LoadedModel(WritePowerInfer(threshold: 0.05f), sparsity: SparsityMode.Learned);
        using var defined = Open("llama-mha.gguf", "relu", SparsityMode.Exact, predictor: gate => new Definition(gate, threshold: 0.05f));
        float[] expected = defined.Logits(Tokens, 1);
        Assert.Equal(expected, trained.Logits(Tokens, 1));
        Assert.Equal(expected, trained.Logits(Tokens, 64));
        Assert.All(trained.SparseLayers, layer => Assert.InRange(layer.PredictedShare, 0.05, 0.95));
        Assert.All(trained.SparseLayers, layer => Assert.InRange(layer.ActiveShare, 0.01, layer.PredictedShare));
    }

    [Fact]
    public void Predictors_are_read_only_by_who_asks_them()
    {
        using var plain = GgufFile.Open(VectorFiles.PathOf("llama-mha.gguf"));
        using var with = GgufFile.Open(WritePowerInfer(threshold: 0));
        Assert.Equal(ModelSummary.Read(plain).WeightBytesPerToken, ModelSummary.Read(with).WeightBytesPerToken);
        Assert.True(ModelSummary.Read(plain).WeightBytes < ModelSummary.Read(with).WeightBytes);
    }

    [Fact]
    public void A_file_without_predictors_or_with_others_is_refused()
    {
        var error = Assert.Throws<InvalidModelException>(() => Open("llama-mha.gguf", "relu", SparsityMode.Learned).Dispose());
        Assert.Contains("has no predictor blk.0.fc1.weight", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidModelException>(
            () => new LoadedModel(WritePowerInfer(threshold: float.NaN), sparsity: SparsityMode.Learned).Dispose());
        Assert.Contains("powerinfer.sparse_threshold is NaN", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidModelException>(
            () => new LoadedModel(WritePowerInfer(threshold: 0, secondRank: Rank + 8), sparsity: SparsityMode.Learned).Dispose());
        Assert.Contains("fc2.weight", error.Message, StringComparison.Ordinal);
    }

    private static LoadedModel Open(
        string file, string activation, SparsityMode sparsity, int threads = 1, KernelSet? kernels = null, Func<string, INeuronPredictor>? predictor = null)
        => new(ReluModels.Open(file, activation), threads, kernels, sparsity: sparsity, predictor: predictor);

    private static float[] Trained(string name, int count)
    {
        var random = new Random(name.Sum(letter => letter));
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private string WritePowerInfer(float threshold, int secondRank = Rank)
    {
        using var source = GgufFile.Open(VectorFiles.PathOf("llama-mha.gguf"));
        var writer = new GgufWriter(new GgufMetadataBuilder(source.Metadata) { ["powerinfer.sparse_threshold"] = threshold }.Build());
        foreach (var tensor in source.Tensors)
        {
            writer.Add(tensor.Name, tensor.Type, tensor.Dimensions, stream => stream.Write(tensor.Bytes));
            if (!tensor.Name.EndsWith("ffn_gate.weight", StringComparison.Ordinal))
                continue;
            string layer = tensor.Name[..^"ffn_gate.weight".Length];
            Add(layer + "fc1.weight", tensor.Dimensions[0], Rank);
            Add(layer + "fc2.weight", secondRank, tensor.Dimensions[1]);
        }

        string path = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".gguf");
        writer.Write(path);
        using var file = File.OpenWrite(path);
        file.Write("PWRI"u8);
        return path;

        void Add(string name, long columns, long rows)
        {
            float[] values = Trained(name, (int)(columns * rows));
            writer.Add(name, WeightType.F32, [columns, rows], stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
        }
    }

    /// <summary>The two products in plain C#, of what stands before the norm.</summary>
    private sealed class Definition(string gate, float threshold) : INeuronPredictor
    {
        public string Name => "definition";

        public long Bytes => 0;

        public void Choose(ForwardPass pass, Rows x, Rows stream, NeuronSets sets)
        {
            using var scope = pass.Cpu.Scope();
            var scores = pass.Cpu.Rent(x.Count, sets.Neurons);
            for (int token = 0; token < x.Count && !pass.Cpu.IsMeasuring; token++)
            {
                float[] hidden = Product(Trained(Layer + "fc1.weight", stream.Width * Rank), stream[token]);
                for (int i = 0; i < hidden.Length; i++)
                    hidden[i] = Math.Max(0, hidden[i]);
                Product(Trained(Layer + "fc2.weight", Rank * sets.Neurons), hidden).CopyTo(scores[token]);
            }

            pass.Cpu.ChooseByScore(scores, threshold, sets);
        }

        private string Layer => gate[..^"ffn_gate".Length];

        private static float[] Product(float[] weights, ReadOnlySpan<float> x)
        {
            float[] y = new float[weights.Length / x.Length];
            for (int row = 0; row < y.Length; row++)
            {
                for (int i = 0; i < x.Length; i++)
                    y[row] += weights[(row * x.Length) + i] * x[i];
            }

            return y;
        }
    }

    private sealed class Everything : INeuronPredictor
    {
        public string Name => "everything";

        public long Bytes => 0;

        public void Choose(ForwardPass pass, Rows x, Rows stream, NeuronSets sets) => pass.Cpu.ChooseAll(sets);
    }
}
