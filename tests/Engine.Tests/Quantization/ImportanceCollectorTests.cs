using Hearth.Engine.Evaluation;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Quantization;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Models;
using Hearth.Engine.Tokenization;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Quantization;

public sealed class ImportanceCollectorTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 40).Select(i => (i * i * 7) % 60)];

    private static readonly IReadOnlyList<TextWindow> Windows = TextWindow.SideBySide(Tokens, 20, new SpecialTokens());

    [Fact]
    public void The_first_products_inputs_are_the_normalised_embeddings()
    {
        var matrix = Collect("llama-q-f16.gguf", batch: 20);
        using var file = GgufFile.Open(VectorFiles.PathOf("llama-q-f16.gguf"));
        int width = file.Metadata.GetInt32("llama.embedding_length");
        float epsilon = file.Metadata.GetSingle("llama.attention.layer_norm_rms_epsilon");
        float[] embedding = Decode(file, "token_embd.weight");
        float[] norm = Decode(file, "blk.0.attn_norm.weight");
        double[] expected = new double[width];
        foreach (int token in Tokens)
        {
            double[] x = [.. embedding.AsSpan(token * width, width).ToArray().Select(value => (double)value)];
            double scale = 1 / Math.Sqrt((x.Sum(value => value * value) / width) + epsilon);
            for (int i = 0; i < width; i++)
                expected[i] += Math.Pow(x[i] * scale * norm[i], 2);
        }

        var entry = matrix.Entries["blk.0.attn_q.weight"];
        Assert.Equal([40f], entry.Counts);
        for (int i = 0; i < width; i++)
            Assert.Equal(expected[i], entry.Sums[i], 1e-4 * expected[i]);
        Assert.Equal(entry.Sums, matrix.Entries["blk.0.attn_v.weight"].Sums);
        Assert.DoesNotContain(matrix.Entries.Keys, name => !name.StartsWith("blk.", StringComparison.Ordinal));
        Assert.Equal((2, 20), (matrix.ChunkCount, matrix.ChunkSize));
    }

    [Fact]
    public void Each_expert_counts_the_tokens_that_came_to_it()
    {
        var matrix = Collect("llama-moe.gguf", batch: 20);
        using var file = GgufFile.Open(VectorFiles.PathOf("llama-moe.gguf"));
        int experts = file.Metadata.GetInt32("llama.expert_count");
        int used = file.Metadata.GetInt32("llama.expert_used_count");
        var entry = matrix.Entries["blk.0.ffn_down_exps.weight"];
        Assert.Equal(experts, entry.Matrices);
        Assert.Equal(40 * used, entry.Counts.Sum());
        Assert.True(file.TryGetTensor("blk.0.ffn_down_exps.weight", out var tensor));
        Assert.Equal(tensor.Dimensions[0], entry.Columns);
        Assert.Equal(matrix.Entries["blk.0.ffn_up_exps.weight"].Sums, matrix.Entries["blk.0.ffn_gate_exps.weight"].Sums);
    }

    [Fact]
    public void Passes_of_other_sizes_give_the_same_sums()
    {
        var whole = Collect("llama-q-f16.gguf", batch: 20);
        var parts = Collect("llama-q-f16.gguf", batch: 3);
        Assert.All(whole.Entries, pair => Assert.Equal(pair.Value.Sums, parts.Entries[pair.Key].Sums));
    }

    private static ImportanceMatrix Collect(string file, int batch)
    {
        using var model = HearthModel.Load(
            VectorFiles.PathOf(file), new HearthModelOptions { Threads = 1, ContextLength = 20, BatchSize = batch });
        return ImportanceCollector.Collect(model, Windows, "text");
    }

    private static float[] Decode(GgufFile file, string name)
    {
        Assert.True(file.TryGetTensor(name, out var tensor));
        Assert.True(WeightFormat.TryGet(tensor.Type, out var format));
        float[] values = new float[tensor.ElementCount];
        format.Decode(tensor.Bytes, values);
        return values;
    }
}
