using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Files;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Sessions;

public sealed class ModelSummaryTests
{
    [Fact]
    public void Sizes_are_those_of_the_file()
    {
        using var file = GgufFile.Open(VectorFiles.PathOf("stories260K-Q8_0.gguf"));
        var summary = ModelSummary.Read(file);
        Assert.Equal("llama", summary.Architecture);
        Assert.True(summary.IsSupported);
        Assert.Equal(260_032, summary.Parameters);
        Assert.Equal(WeightType.Q8_0, summary.MainType);
        Assert.Equal((5, 64, 512), (summary.Layers, summary.Width, summary.ContextLength));
        Assert.Equal(file.Tensors.Sum(tensor => tensor.ByteLength), summary.WeightBytes);
        Assert.Equal(summary.WeightBytes, summary.LoadedBytes);
    }

    [Fact]
    public void An_embedding_that_is_the_output_matrix_too_is_read_for_each_token()
    {
        using var file = GgufFile.Open(VectorFiles.PathOf("stories260K-Q8_0.gguf"));
        var summary = ModelSummary.Read(file);
        Assert.Equal(summary.WeightBytes, summary.WeightBytesPerToken);
    }

    [Fact]
    public void Of_a_separate_embedding_a_token_reads_a_row()
    {
        using var file = GgufFile.Open(VectorFiles.PathOf("llama-mha.gguf"));
        Assert.True(file.TryGetTensor("token_embd.weight", out var embedding));
        var summary = ModelSummary.Read(file);
        Assert.Equal(summary.WeightBytes - embedding.ByteLength, summary.WeightBytesPerToken);
    }

    [Fact]
    public void Of_the_experts_a_token_reads_those_that_are_chosen()
    {
        using var file = GgufFile.Open(VectorFiles.PathOf("llama-moe.gguf"));
        int count = file.Metadata.GetInt32("llama.expert_count");
        int used = file.Metadata.GetInt32("llama.expert_used_count");
        long experts = file.Tensors
            .Where(tensor => tensor.Name.Contains("_exps", StringComparison.Ordinal))
            .Sum(tensor => tensor.ByteLength);
        long embedding = file.Tensors.Single(tensor => tensor.Name == "token_embd.weight").ByteLength;
        var summary = ModelSummary.Read(file);
        Assert.Equal(summary.WeightBytes - embedding - experts + (experts / count * used), summary.WeightBytesPerToken);
    }

    [Fact]
    public void Types_that_kernels_read_expanded_take_more_memory_than_their_file()
    {
        using var folder = new TemporaryFolder();
        var writer = new GgufWriter(new GgufMetadataBuilder("test") { ["general.architecture"] = "llama" }.Build());
        Add("token_embd.weight", WeightType.TQ1_0, 256, 32);
        Add("output.weight", WeightType.TQ1_0, 256, 32);
        Add("blk.0.attn_norm.weight", WeightType.F32, 256);
        writer.Write(folder["expanded.gguf"]);
        using var file = GgufFile.Open(folder["expanded.gguf"]);
        var summary = ModelSummary.Read(file);
        Assert.True(summary.MainKernel?.IsExpanded);
        Assert.Equal((2 * 32 * 54) + 1024, summary.WeightBytes);
        Assert.Equal((32 * 54) + (2 * 1088) + 1024, summary.LoadedBytes);
        Assert.Equal((2 * 1088) + 1024, summary.WeightBytesPerToken);

        void Add(string name, WeightType type, params long[] dimensions)
            => writer.Add(name, type, dimensions, stream => stream.Write(new byte[type == WeightType.F32 ? 1024 : 32 * 54]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    [InlineData(512, 8)]
    public void The_cache_is_what_the_model_takes_page_by_page(int positions, int pages)
    {
        string path = VectorFiles.PathOf("stories260K-Q8_0.gguf");
        using var file = GgufFile.Open(path);
        var summary = ModelSummary.Read(file);
        using var model = HearthModel.Load(path, new HearthModelOptions { Threads = 1, CacheTypeK = KvType.F32 });
        Assert.Equal(pages * model.Runner.Cache.PageBytes, summary.CacheBytes(positions, KvType.F32, KvType.F16));
    }

    [Theory]
    [InlineData("lfm2")]
    [InlineData("mamba")]
    [InlineData("mamba2")]
    [InlineData("rwkv7")]
    [InlineData("qwen35")]
    [InlineData("qwen3next")]
    [InlineData("llama-mha")]
    public void States_and_cache_are_what_recurrent_layers_and_those_with_attention_take(string name)
    {
        string path = VectorFiles.PathOf(name + ".gguf");
        using var file = GgufFile.Open(path);
        var summary = ModelSummary.Read(file);
        using var model = HearthModel.Load(path, new HearthModelOptions { Threads = 1 });
        Assert.Equal(model.Runner.Cache.StateBytes, summary.StateBytes);
        Assert.Equal(Math.Max(64, summary.CacheBytes(64, KvType.F16, KvType.F16)), model.Runner.Cache.PageBytes);
    }

    [Fact]
    public void A_file_that_says_nothing_has_an_empty_summary()
    {
        using var file = new MemoryStream();
        new GgufWriter(new GgufMetadataBuilder("empty").Build()).Write(file);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file.ToArray());
            using var opened = GgufFile.Open(path);
            var summary = ModelSummary.Read(opened);
            Assert.False(summary.IsSupported);
            Assert.Null(summary.MainType);
            Assert.Equal(0, summary.WeightBytes + summary.Parameters + summary.Layers + summary.ContextLength);
            Assert.Equal(0, summary.CacheBytes(100, KvType.F16, KvType.F16));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
