using Hearth.Engine.Cache;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Models.Experts;
using Hearth.Kernels;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;
using Hearth.Tests;

namespace Hearth.Engine.Tests.Models.Experts;

public sealed class ExpertCacheTests
{
    private const string Mixture = "qwen3moe-q4_0.gguf";

    private static readonly int[] Tokens = [19, 34, 22, 50, 16, 6, 19, 33, 7, 41, 3];

    public static TheoryData<string> Mixtures { get; } =
    [
        Mixture, "llama-moe-q8_0.gguf", "gpt-oss-mxfp4-moe.gguf", "llama-moe.gguf", "nemotron_h_moe-latent.gguf",
        "granitehybrid-moe.gguf", "deepseek2-lite.gguf", "smallthinker.gguf",
    ];

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Logits_have_the_same_bytes_with_memory_for_one_expert(string name)
    {
        string path = VectorFiles.PathOf(name);
        byte[] expected;
        using (var model = new LoadedModel(path))
            expected = LoadedModel.Bytes(model.Logits(Tokens, 64));
        foreach (int threads in (int[])[1, 2, 5])
        {
            var cache = new ExpertCache(Slots(path, 1));
            using var model = new LoadedModel(path, threads, experts: cache);
            Assert.Equal(1, cache.Slots);
            foreach (int chunk in (int[])[Tokens.Length, 1, 3])
            {
                Assert.True(expected.AsSpan().SequenceEqual(LoadedModel.Bytes(model.Logits(Tokens, chunk))), $"{threads} threads, {chunk}");
                Assert.True(
                    expected.AsSpan().SequenceEqual(LoadedModel.Bytes(model.LogitsAmongOthers(Tokens, chunk))),
                    $"{threads} threads, {chunk}, among others");
            }
        }
    }

    [Fact]
    public void Experts_are_read_again_only_where_memory_does_not_hold_all()
    {
        string path = VectorFiles.PathOf(Mixture);
        var large = new ExpertCache(long.MaxValue);
        using (var model = new LoadedModel(path, experts: large))
        {
            model.Logits(Tokens, 4);
            long reads = large.Reads;
            Assert.Equal(large.Experts, large.Slots);
            Assert.InRange(reads, 1, large.Experts);
            model.Logits(Tokens, 4);
            Assert.Equal(reads, large.Reads);
            Assert.InRange(large.Uses, 2 * reads, long.MaxValue);
        }

        long limit = Slots(path, 3) + 5;
        var small = new ExpertCache(limit);
        using (var model = new LoadedModel(path, experts: small))
        {
            Assert.Equal(3, small.Slots);
            Assert.InRange(small.Bytes, 1, limit);
            model.Logits(Tokens, 4);
            Assert.InRange(small.Reads, large.Reads + 1, small.Uses);
        }
    }

    [Fact]
    public void The_expert_that_was_not_used_for_longest_leaves()
    {
        using var file = GgufFile.Open(VectorFiles.PathOf(Mixture));
        using var pool = new WorkerPool(1);
        var experts = Experts(file, 4);
        using var cache = new ExpertCache(2 * experts[0].Bytes);
        foreach (var expert in experts)
            cache.Add(expert);
        cache.Reserve("mixture");

        cache.Bring(experts[0], pool);
        cache.Bring(experts[1], pool);
        cache.Bring(experts[0], pool);
        cache.Bring(experts[2], pool);
        Assert.Equal([0, -1, 1, -1], experts.Select(expert => expert.Slot));

        cache.Bring(experts[3], pool);
        Assert.Equal([-1, -1, 1, 0], experts.Select(expert => expert.Slot));
        Assert.Equal((5, 4), (cache.Uses, cache.Reads));
    }

    [Fact]
    public void An_expert_that_left_cannot_be_multiplied()
    {
        using var file = GgufFile.Open(VectorFiles.PathOf(Mixture));
        using var pool = new WorkerPool(1);
        Assert.True(file.TryGetTensor("blk.0.ffn_up_exps.weight", out var tensor));
        Assert.True(KernelSet.Supported[^1].TryGetPanel(tensor.Type, out var kernel));
        int columns = (int)tensor.Dimensions[0];
        var matrix = PackedMatrix.Vacant(kernel, (int)tensor.Dimensions[1], columns);
        var expert = new CachedExpert([(matrix, new FileMatrix(tensor, 0, (int)tensor.Dimensions[2]))]);
        using var cache = new ExpertCache(expert.Bytes);
        cache.Add(expert);
        cache.Reserve("mixture");
        float[] row = new float[columns];

        cache.Bring(expert, pool);
        matrix.DecodeRow(0, row);
        expert.Leave();

        Assert.Contains("not in memory", Assert.Throws<InvalidOperationException>(() => matrix.DecodeRow(0, row)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_allocates_nothing_although_its_experts_are_read()
    {
        var cache = new ExpertCache(Slots(VectorFiles.PathOf(Mixture), 1));
        using var model = new LoadedModel(VectorFiles.PathOf(Mixture), experts: cache);
        using var sequence = model.Runner.CreateSequence(256);
        Step(8);
        long before = cache.Reads;

        Assert.Equal(0, AllocatedBytes.Of(() => Step(8)));
        Assert.InRange(cache.Reads - before, 8, long.MaxValue);

        void Step(int count)
        {
            for (int i = 0; i < count; i++)
            {
                model.Runner.Batch.Add(sequence, Tokens.AsSpan(i, 1), BatchOutputs.Last);
                model.Runner.Run();
            }
        }
    }

    [Fact]
    public void Runners_on_two_threads_share_one_slot()
    {
        string path = VectorFiles.PathOf(Mixture);
        byte[] expected;
        using (var model = new LoadedModel(path))
            expected = LoadedModel.Bytes(model.Logits(Tokens, 2));
        using var file = GgufFile.Open(path);
        using var loading = new WorkerPool(2);
        var kernels = KernelSet.Supported[^1];
        using var architecture = ArchitectureCatalog.Load(
            new ModelLoader(file, kernels, loading, 256) { ExpertCache = new ExpertCache(Slots(path, 1)) });

        Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, _ =>
        {
            using var pool = new WorkerPool(1);
            using var runner = new ModelRunner(architecture, kernels, pool, new RunnerLimits(8, 8, 1, 256), KvType.F32, KvType.F32);
            for (int repetition = 0; repetition < 8; repetition++)
            {
                using var sequence = runner.CreateSequence(256);
                Assert.Equal(expected, Logits(runner, sequence));
            }
        });
    }

    [Fact]
    public void A_limit_below_one_expert_is_refused_with_the_numbers()
    {
        var error = Assert.Throws<InsufficientMemoryException>(
            () => new LoadedModel(VectorFiles.PathOf(Mixture), experts: new ExpertCache(Slots(VectorFiles.PathOf(Mixture), 1) - 1)));
        Assert.Contains(Mixture, error.Message, StringComparison.Ordinal);
        Assert.Contains("one of them takes 0.", error.Message, StringComparison.Ordinal);
        Assert.Throws<InsufficientMemoryException>(() => new LoadedModel(VectorFiles.PathOf(Mixture), experts: new ExpertCache(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExpertCache(-1));
    }

    [Fact]
    public void A_dense_model_has_no_experts_to_leave_in_the_file()
        => Assert.Throws<NotSupportedException>(
            () => new LoadedModel(VectorFiles.PathOf("llama-f16.gguf"), experts: new ExpertCache(1 << 20)));

    private static byte[] Logits(ModelRunner runner, KvSequence sequence)
    {
        var logits = new List<float>();
        foreach (int[] part in Tokens.Chunk(2))
        {
            runner.Batch.Add(sequence, part, BatchOutputs.All);
            var rows = runner.Run();
            for (int row = 0; row < rows.Count; row++)
                logits.AddRange(rows[row]);
        }

        return LoadedModel.Bytes([.. logits]);
    }

    /// <summary>Bytes of so many slots of a model's cache.</summary>
    private static long Slots(string path, int count)
    {
        var all = new ExpertCache(long.MaxValue);
        using var model = new LoadedModel(path, experts: all);
        return all.Bytes / all.Slots * count;
    }

    private static CachedExpert[] Experts(GgufFile file, int count)
    {
        Assert.True(file.TryGetTensor("blk.0.ffn_up_exps.weight", out var tensor));
        Assert.True(KernelSet.Supported[^1].TryGetPanel(tensor.Type, out var kernel));
        var dimensions = tensor.Dimensions.ToArray();
        return [.. Enumerable.Range(0, count).Select(i => new CachedExpert(
            [(PackedMatrix.Vacant(kernel, (int)dimensions[1], (int)dimensions[0]), new FileMatrix(tensor, i, (int)dimensions[2]))]))];
    }
}
