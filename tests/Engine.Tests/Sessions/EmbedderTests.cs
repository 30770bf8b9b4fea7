using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Files;
using Hearth.Engine.Tests.Models;

namespace Hearth.Engine.Tests.Sessions;

public sealed class EmbedderTests
{
    private static readonly string[] Texts =
    [
        "Once upon a time",
        "there was a little girl",
        "Lily",
        "She loved to play outside in the big garden with her friends and her dog, until the sun went down.",
        "The end",
    ];

    [Theory]
    [InlineData("stories260K-Q8_0.gguf", Pooling.Last)]
    [InlineData("stories260K-Q8_0.gguf", Pooling.Mean)]
    [InlineData("stories260K-Q8_0.gguf", Pooling.Cls)]
    public void A_text_has_the_same_vector_alone_in_company_and_in_chunks(string file, Pooling pooling)
    {
        var options = new EmbeddingOptions { Pooling = pooling };
        using var model = Load(file, batch: 64);
        using var embedder = model.CreateEmbedder(options);
        using var small = Load(file, batch: 7);
        using var chunked = small.CreateEmbedder(options);
        var together = embedder.EmbedAll(Texts, TestContext.Current.CancellationToken);
        for (int i = 0; i < Texts.Length; i++)
        {
            Assert.Equal(embedder.Embed(Texts[i]), together[i]);
            Assert.Equal(chunked.Embed(Texts[i]), together[i]);
        }

        Assert.Equal(together, chunked.EmbedAll(Texts, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Progress_counts_the_tokens_of_all_texts()
    {
        foreach (int batch in (int[])[7, 64])
        {
            using var model = Load("stories260K-Q8_0.gguf", batch);
            using var embedder = model.CreateEmbedder();
            var told = new Reports();
            embedder.EmbedAll(Texts, TestContext.Current.CancellationToken, told);
            int total = Texts.Sum(text => model.Tokenizer.Encode(text, addSpecial: true, parseSpecial: false).Length);
            Assert.All(told.Values, value => Assert.Equal(total, value.TotalTokens));
            Assert.Equal(told.Values.Select(value => value.ReadTokens).Order(), told.Values.Select(value => value.ReadTokens));
            Assert.Equal(total, told.Values[^1].ReadTokens);
            Assert.True(told.Values.Count >= total / batch);
        }
    }

    [Fact]
    public void Vectors_have_length_one_unless_they_are_wanted_as_they_are()
    {
        using var model = Load("stories260K-Q8_0.gguf", 64);
        using var embedder = model.CreateEmbedder();
        using var raw = model.CreateEmbedder(new EmbeddingOptions { Normalize = false });
        float[] vector = embedder.Embed(Texts[0]);
        Assert.Equal(model.Shape.Width, vector.Length);
        Assert.Equal(1, vector.Sum(value => (double)value * value), 1e-6);
        float[] longer = raw.Embed(Texts[0]);
        double length = Math.Sqrt(longer.Sum(value => (double)value * value));
        Assert.NotEqual(1, length, 1e-3);
        Assert.All(vector.Zip(longer), pair => Assert.Equal(pair.Second / length, pair.First, 1e-6));
    }

    [Fact]
    public void Without_a_word_from_the_file_a_decoder_gives_its_last_state()
    {
        using var model = Load("stories260K-Q8_0.gguf", 64);
        using var embedder = model.CreateEmbedder();
        Assert.Equal(Pooling.Last, embedder.Pooling);
    }

    [Fact]
    public void The_mean_is_that_of_the_tokens_states()
    {
        int[] ids = [5, 9, 11];
        using var model = Load("bert-cls.gguf", 64);
        using var states = new LoadedModel(VectorFiles.PathOf("bert-cls.gguf"), output: Engine.Models.PassOutput.States);
        using var embedder = model.CreateEmbedder(new EmbeddingOptions { Pooling = Pooling.Mean, Normalize = false });
        float[] each = states.Logits(ids, 3);
        float[] mean = embedder.Embed(ids);
        for (int i = 0; i < mean.Length; i++)
            Assert.Equal((each[i] + each[mean.Length + i] + each[(2 * mean.Length) + i]) / 3, mean[i], 2e-3);
    }

    [Fact]
    public void Texts_that_cannot_be_embedded_are_refused_before_any_is_computed()
    {
        using var model = Load("bert-cls.gguf", 64);
        using var embedder = model.CreateEmbedder();
        Assert.Equal(64, embedder.MaxTokens);
        Assert.Throws<ContextFullException>(() => embedder.Embed(new int[65]));
        Assert.Throws<ArgumentException>(() => embedder.Embed(ReadOnlyMemory<int>.Empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => embedder.Embed(new int[] { 72 }));
        Assert.Throws<NotSupportedException>(() => embedder.Embed("text"));
        Assert.Equal(64, embedder.Embed(new int[64]).Length);
    }

    [Fact]
    public void A_text_for_BERT_stands_between_the_first_token_and_the_separator()
    {
        using var folder = new TemporaryFolder();
        string path = folder["bert.gguf"];
        using (var plain = GgufFile.Open(VectorFiles.PathOf("bert-cls.gguf")))
        {
            string[] pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "\u2581the", "\u2581cat", "s", "\u2581sleep"];
            string[] texts = [.. pieces, .. Enumerable.Range(pieces.Length, 72 - pieces.Length).Select(i => $"[unused{i}]")];
            var metadata = new GgufMetadataBuilder(plain.Metadata)
            {
                ["tokenizer.ggml.model"] = "bert",
                ["tokenizer.ggml.tokens"] = GgufValue.ArrayOf(texts),
                ["tokenizer.ggml.token_type"] = GgufValue.ArrayOf<int>([.. texts.Select((_, id) => id < 4 ? 3 : 1)]),
                ["tokenizer.ggml.cls_token_id"] = 2u,
                ["tokenizer.ggml.bos_token_id"] = 2u,
                ["tokenizer.ggml.seperator_token_id"] = 3u,
                ["tokenizer.ggml.unknown_token_id"] = 1u,
                ["tokenizer.ggml.padding_token_id"] = 0u,
                ["tokenizer.ggml.mask_token_id"] = 1u,
            };
            var writer = new GgufWriter(metadata.Build());
            foreach (var tensor in plain.Tensors)
                writer.Add(tensor);
            writer.Write(path);
        }

        var options = new HearthModelOptions { Threads = 1 };
        using var model = HearthModel.Load(path, options, cancellation: TestContext.Current.CancellationToken);
        using var embedder = model.CreateEmbedder();
        Assert.Equal(Pooling.Cls, embedder.Pooling);
        Assert.Equal(embedder.Embed(new int[] { 2, 4, 5, 6, 7, 3 }), embedder.Embed("The cats sleep"));
    }

    private static HearthModel Load(string file, int batch)
        => HearthModel.Load(
            VectorFiles.PathOf(file),
            new HearthModelOptions { Threads = 2, BatchSize = batch },
            cancellation: TestContext.Current.CancellationToken);

    private sealed class Reports : IProgress<PromptProgress>
    {
        public List<PromptProgress> Values { get; } = [];

        public void Report(PromptProgress value) => Values.Add(value);
    }
}
