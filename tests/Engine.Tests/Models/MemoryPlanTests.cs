using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Tests.Files;
using Hearth.Kernels;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;
using Hearth.Perf.EndToEnd.Synthetic;

namespace Hearth.Engine.Tests.Models;

public sealed class MemoryPlanTests : IDisposable
{
    private const long Reserve = 64 << 20;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_fits_is_loaded_as_a_whole()
    {
        var summary = Summary("tiny-moe");
        var plan = MemoryPlan.Of(summary, 128, new HearthModelOptions(), new SystemMemory(1L << 40, 0), hasPanels: false);
        Assert.Null(plan.ExpertLimit);
        Assert.True(plan.Fits);
        Assert.InRange(plan.ExpertBytes, 1, plan.WeightBytes);
        plan.Check("model", 0);
    }

    [Fact]
    public void Experts_get_what_the_other_weights_and_the_cache_leave()
    {
        var summary = Summary("tiny-moe");
        var options = new HearthModelOptions();
        var all = MemoryPlan.Of(summary, 128, options, new SystemMemory(1L << 40, 0), hasPanels: false);
        long others = all.WeightBytes - all.ExpertBytes + all.CacheBytes;

        var exact = MemoryPlan.Of(summary, 128, options, new SystemMemory(others + all.ExpertBytes + Reserve, 0), hasPanels: false);
        Assert.Null(exact.ExpertLimit);
        var less = MemoryPlan.Of(summary, 128, options, new SystemMemory(others + all.ExpertBytes + Reserve - 1, 0), hasPanels: false);
        Assert.Equal(all.ExpertBytes - 1, less.ExpertLimit);
        less.Check("model", 0);
        var nothing = MemoryPlan.Of(summary, 128, options, new SystemMemory(others, 0), hasPanels: false);
        Assert.Equal(0, nothing.ExpertLimit);
        var tooFew = MemoryPlan.Of(summary, 128, options, new SystemMemory(others - 1, 0), hasPanels: false);
        Assert.Throws<InsufficientMemoryException>(() => tooFew.Check("model", 0));
        tooFew.Check("model", 1);
    }

    [Fact]
    public void The_user_decides_before_the_system_does()
    {
        var summary = Summary("tiny-moe");
        var options = new HearthModelOptions { ExpertsMemory = 4096, MemoryLimit = 1 << 30 };
        var plan = MemoryPlan.Of(summary, 128, options, new SystemMemory(1, 0), hasPanels: true);
        Assert.Equal((4096, 1 << 30), (plan.ExpertLimit, plan.AvailableBytes));
        plan.Check("model", 0);
    }

    [Fact]
    public void Mapped_matrices_take_no_memory()
    {
        var plan = MemoryPlan.Of(Summary("tiny-moe"), 128, new HearthModelOptions(), new SystemMemory(1 << 20, 0), hasPanels: true);
        Assert.Null(plan.ExpertLimit);
        Assert.False(plan.Fits);
        plan.Check("model", 0);
    }

    [Fact]
    public void A_dense_model_that_does_not_fit_is_refused_with_the_numbers_and_a_way_out()
    {
        string path = Write("tiny");
        var error = Assert.Throws<InsufficientMemoryException>(
            () => HearthModel.Load(path, new HearthModelOptions { MemoryLimit = 1 << 20, Threads = 1 }));
        Assert.StartsWith($"{path} takes 1 MiB for its weights and 1 MiB for its cache, and 1 MiB are available", error.Message, StringComparison.Ordinal);
        Assert.Contains("hearth pack", error.Message, StringComparison.Ordinal);
        Assert.Contains("hearth quantize", error.Message, StringComparison.Ordinal);

        using (var source = GgufFile.Open(path))
        using (var pool = new WorkerPool(1))
            PanelFile.Write(source, KernelSet.Supported[^1], pool);
        using var mapped = HearthModel.Load(path, new HearthModelOptions { MemoryLimit = 2 << 20, Threads = 1 });
        Assert.True(mapped.MemoryPlan.AreMapped);
    }

    [Fact]
    public void What_is_converted_while_it_is_loaded_needs_room_beside_the_weights()
    {
        var plan = new MemoryPlan(100 << 20, 0, 10 << 20, 150 << 20, AreMapped: false, null) { DerivedBytes = 40 << 20 };
        plan.Check("folder", 0);
        var error = Assert.Throws<InsufficientMemoryException>(() => (plan with { DerivedBytes = 41 << 20 }).Check("folder", 0));
        Assert.StartsWith(
            "folder takes 100 MiB for its weights, 41 MiB while they are converted and 10 MiB for its cache, and 150 MiB are available;",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains("hearth convert", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, SparsityMode.Exact)]
    [InlineData(true, SparsityMode.Exact)]
    [InlineData(false, SparsityMode.Sign)]
    [InlineData(true, SparsityMode.Sign)]
    public void Blocks_that_read_active_neurons_alone_are_counted_as_they_lie(bool hasPanels, SparsityMode mode)
    {
        string path = Write("tiny");
        var options = new HearthModelOptions
        {
            Threads = 1,
            ContextLength = 128,
            Sparsity = mode,
            MetadataOverrides = new Dictionary<string, GgufValue> { ["llama.hidden_activation"] = "relu" },
        };
        if (hasPanels)
        {
            using var source = GgufFile.Open(path);
            using var pool = new WorkerPool(1);
            PanelFile.Write(source, KernelSet.Supported[^1], pool);
        }

        MemoryPlan plan;
        using (var model = HearthModel.Load(path, options))
        {
            plan = model.MemoryPlan;
            Assert.NotEmpty(model.SparseLayers);
        }

        using (var file = GgufFile.Open(path))
        {
            long downs = Weights(file, ".ffn_down.weight");
            long ups = Weights(file, ".ffn_up.weight");
            long gates = mode == SparsityMode.Sign ? Weights(file, ".ffn_gate.weight") : 0;
            long inQ4 = 18 * (hasPanels ? ups + gates : -downs) / 32;
            const int RowBytes = 64 + 256; // scales fill a cache line
            long signs = (gates / 8) + (gates / 256 * sizeof(int));
            Assert.Equal((RowBytes * downs / 256) + inQ4 + signs, plan.SparseBytes);
        }

        long needed = (hasPanels ? 0 : plan.WeightBytes) + plan.SparseBytes + plan.CacheBytes;
        var error = Assert.Throws<InsufficientMemoryException>(() => (plan with { AvailableBytes = needed - 1 }).Check("model", 0));
        Assert.Contains("because only active neurons are to be read", error.Message, StringComparison.Ordinal);
        (plan with { AvailableBytes = needed }).Check("model", 0);
        using var whole = HearthModel.Load(path, options with { Sparsity = SparsityMode.Off });
        Assert.Equal(0, whole.MemoryPlan.SparseBytes);
        if (!hasPanels)
            Assert.Throws<InsufficientMemoryException>(() => HearthModel.Load(path, options with { MemoryLimit = whole.MemoryPlan.WeightBytes + whole.MemoryPlan.CacheBytes }).Dispose());

        static long Weights(GgufFile file, string ending)
            => file.Tensors.Where(tensor => tensor.Name.EndsWith(ending, StringComparison.Ordinal)).Sum(tensor => tensor.ElementCount);
    }

    [Fact]
    public void Experts_leave_room_for_what_is_converted()
    {
        // A folder some of whose experts need no conversion: the largest of the others stands beside the weights for a while.
        var summary = Summary("tiny-moe");
        summary.LargestDerivedBytes = 2 * Reserve;
        var all = MemoryPlan.Of(summary, 128, new HearthModelOptions(), new SystemMemory(1L << 40, 0), hasPanels: false);
        long others = all.WeightBytes - all.ExpertBytes + all.CacheBytes + all.DerivedBytes;
        var plan = MemoryPlan.Of(summary, 128, new HearthModelOptions(), new SystemMemory(others + all.ExpertBytes, 0), hasPanels: false);
        Assert.InRange(plan.ExpertLimit!.Value, 0, all.ExpertBytes - 1);
        plan.Check("folder", 0);
    }

    [Fact]
    public void A_mixture_that_does_not_fit_says_the_same_from_the_file()
    {
        string path = Write("tiny-moe");
        long limit;
        string expected;
        using (var model = HearthModel.Load(path, new HearthModelOptions { Threads = 1, ContextLength = 128 }))
        {
            Assert.Null(model.Experts);
            expected = Answer(model);
            limit = model.MemoryPlan.WeightBytes + model.MemoryPlan.CacheBytes - (model.MemoryPlan.ExpertBytes / 2) + Reserve;
        }

        using (var model = HearthModel.Load(path, new HearthModelOptions { Threads = 2, ContextLength = 128, MemoryLimit = limit }))
        {
            Assert.NotNull(model.Experts);
            Assert.InRange(model.Experts.Slots, 1, model.Experts.Experts - 1);
            Assert.InRange(model.Experts.Bytes, 1, model.MemoryPlan.ExpertBytes / 2);
            Assert.Equal(expected, Answer(model));
        }
    }

    private static string Answer(HearthModel model)
    {
        using var session = model.CreateSession();
        session.Append([1, 5, 9, 200, 17]);
        var answer = session.Generate(new GenerationOptions { MaxTokens = 12, IgnoreEndOfGeneration = true, Sampling = new SamplerSettings { Temperature = 0 } });
        string text = "";
        while (answer.MoveNext())
            text += $" {answer.Current.Token}";
        return text;
    }

    private ModelSummary Summary(string shape)
    {
        using var file = GgufFile.Open(Write(shape));
        return ModelSummary.Read(file);
    }

    private string Write(string name)
    {
        string path = folder[name + ".gguf"];
        Assert.True(ShapeCatalog.TryGet(name, out var shape));
        Assert.True(TypeMix.TryGet("Q4_0", pure: false, out var mix));
        SyntheticModel.Write(path, shape, mix, seed: 1);
        return path;
    }
}
