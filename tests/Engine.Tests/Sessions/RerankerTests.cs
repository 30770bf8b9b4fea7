using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Files;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels;
using Hearth.Kernels.Attention;

namespace Hearth.Engine.Tests.Sessions;

public sealed class RerankerTests
{
    private const string Query = "who sleeps?";

    private static readonly string[] Documents =
    [
        "The cat sleeps.", "Stock prices fell.", "A kitten naps on the old mat near the house.", "the moon rose", "The cat sleeps.",
    ];

    public static TheoryData<string> Files { get; } = new(VectorFiles.Entries
        .Where(entry => entry.Value.GetProperty("kind").GetString() == "rank")
        .Select(entry => entry.Key));

    [Theory]
    [MemberData(nameof(Files))]
    public void Scores_meet_those_of_an_independent_engine(string key)
    {
        var entry = VectorFiles.Entries[key];
        int[] tokens = [.. entry.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];
        double expected = entry.GetProperty("score").GetDouble();
        float? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            foreach (int threads in (int[])[1, 5])
            {
                using var model = Load(entry.GetProperty("file").GetString()!, threads, kernels);
                using var reranker = model.CreateReranker();
                float score = reranker.Score(tokens);
                Assert.Equal(expected, score, Math.Abs(expected) * entry.GetProperty("tol_relative").GetDouble());
                Assert.Equal(first ??= score, score);
            }
        }
    }

    [Fact]
    public void BERT_reads_both_texts_with_a_separator_behind_each()
    {
        using var model = Load("bert-rank.gguf");
        using var reranker = model.CreateReranker();
        Assert.Equal([2, 15, 9, 25, 3, 6, 7, 9, 24, 3], reranker.Join(Query, Documents[0]).ToArray());
        Assert.Equal(reranker.Score(new int[] { 2, 15, 9, 25, 3, 6, 7, 9, 24, 3 }), reranker.Score(Query, Documents[0]));
    }

    [Fact]
    public void RoBERTa_has_two_separators_between_the_texts()
    {
        using var folder = new TemporaryFolder();
        string path = Vocabulary(folder, metadata =>
        {
            metadata["tokenizer.ggml.tokens"] = GgufValue.ArrayOf(
                ["<pad>", "<unk>", "<s>", "</s>", .. Enumerable.Range(4, 28).Select(i => $"\u2581{(char)('a' + i - 4)}")]);
            metadata["tokenizer.ggml.model"] = "t5";
            metadata["tokenizer.ggml.scores"] = GgufValue.ArrayOf<float>([.. Enumerable.Repeat(-1f, 32)]);
            metadata["tokenizer.ggml.add_space_prefix"] = true;
            metadata["tokenizer.ggml.add_bos_token"] = true;
            metadata["tokenizer.ggml.add_eos_token"] = true;
        });
        using var model = HearthModel.Load(path, cancellation: TestContext.Current.CancellationToken);
        using var reranker = model.CreateReranker();
        Assert.Equal([2, 5, 3, 3, 6, 7, 3], reranker.Join("b", "c d").ToArray());
    }

    [Fact]
    public void The_files_template_is_filled_in_once()
    {
        using var folder = new TemporaryFolder();
        string path = Vocabulary(folder, metadata => metadata["tokenizer.chat_template.rerank"] = "[CLS] {document} is {query} [SEP]");
        using var model = HearthModel.Load(path, cancellation: TestContext.Current.CancellationToken);
        using var reranker = model.CreateReranker();
        Assert.Equal([2, 6, 7, 17, 15, 3], reranker.Join("who", "the cat").ToArray());
        Assert.Equal(reranker.Join("{ document }", "cat").ToArray(), reranker.Join("{document}", "cat").ToArray());
    }

    [Fact]
    public void Documents_come_best_first_and_equal_ones_in_their_order()
    {
        using var model = Load("bert-rank.gguf");
        using var reranker = model.CreateReranker();
        var scores = reranker.ScoreAll(Query, Documents, TestContext.Current.CancellationToken);
        Assert.Equal(Documents.Select(document => reranker.Score(Query, document)), scores);
        Assert.Equal(scores[0], scores[4]);
        Assert.Equal(4, scores.Distinct().Count());
        var ranked = reranker.Rank(Query, Documents, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 5).OrderByDescending(i => scores[i]), ranked.Select(document => document.Index));
        Assert.Equal(ranked.Select(document => scores[document.Index]), ranked.Select(document => document.Score));
        Assert.Empty(reranker.Rank(Query, [], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_anything_is_scored()
    {
        using var model = Load("bert-rank.gguf");
        using var reranker = model.CreateReranker();
        Assert.Equal(48, reranker.MaxTokens);
        string tooLong = string.Join(' ', Enumerable.Repeat("cat", 44));
        Assert.Throws<ContextFullException>(() => reranker.ScoreAll(Query, [Documents[0], tooLong], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Only_a_model_with_a_head_reranks_and_a_reranker_embeds_only_when_told_how()
    {
        using var encoder = Load("bert-cls.gguf");
        Assert.Contains("no classification head", Assert.Throws<NotSupportedException>(encoder.CreateReranker).Message, StringComparison.Ordinal);
        using var model = Load("bert-rank.gguf");
        Assert.Contains("rerank", Assert.Throws<NotSupportedException>(() => model.CreateEmbedder()).Message, StringComparison.Ordinal);
        using var embedder = model.CreateEmbedder(new EmbeddingOptions { Pooling = Pooling.Cls });
        Assert.Equal(40, embedder.Embed(new int[] { 2, 7, 3 }).Length);
    }

    private static string Vocabulary(TemporaryFolder folder, Action<GgufMetadataBuilder> change)
    {
        string path = folder["model.gguf"];
        using var plain = GgufFile.Open(VectorFiles.PathOf("bert-rank.gguf"));
        var metadata = new GgufMetadataBuilder(plain.Metadata);
        change(metadata);
        var writer = new GgufWriter(metadata.Build());
        foreach (var tensor in plain.Tensors)
            writer.Add(tensor);
        writer.Write(path);
        return path;
    }

    private static HearthModel Load(string file, int threads = 2, KernelSet? kernels = null)
        => HearthModel.Load(
            VectorFiles.PathOf(file),
            new HearthModelOptions { Threads = threads, Kernels = kernels, CacheTypeK = KvType.F32, CacheTypeV = KvType.F32 },
            cancellation: TestContext.Current.CancellationToken);
}
