using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Tests.Models;
using Hearth.Tests;

namespace Hearth.Engine.Tests.Sessions;

/// <summary>
/// With one thread all that a pass does happens on the caller's, whose allocations are counted. Run alone: texts come from a pool of the
/// process, which other tests would fill with theirs.
/// </summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests : IDisposable
{
    private readonly HearthModel model = HearthModel.Load(
        VectorFiles.PathOf("stories260K-Q8_0.gguf"), new HearthModelOptions { Threads = 1 });

    [Fact]
    public void A_step_of_generation_allocates_nothing_but_text_that_is_new()
    {
        using var session = Begin();
        var generation = session.Generate(
            new GenerationOptions { IgnoreEndOfGeneration = true, BannedStrings = ["never"], Sampling = new SamplerSettings { Seed = 1 } });
        var seen = new HashSet<string>();
        int allocating = 0;
        for (int step = 0; step < 300; step++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            generation.MoveNext();
            long after = GC.GetAllocatedBytesForCurrentThread();
            if (!seen.Add(generation.Current.Text) && step > 100 && after > before)
                allocating++;
        }

        // A few steps may seem to allocate what a background collection took away; see AllocatedBytes.
        Assert.InRange(allocating, 0, 3);
    }

    [Fact]
    public void A_forward_pass_allocates_nothing()
    {
        using var session = Begin();
        Steps(100);
        Assert.Equal(0, AllocatedBytes.Of(() => Steps(50)));

        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
                session.Append([5]);
        }
    }

    [Theory]
    [InlineData(SparsityMode.Exact)]
    [InlineData(SparsityMode.Sign)]
    public void A_forward_pass_that_reads_active_neurons_alone_allocates_nothing(SparsityMode mode)
    {
        var options = new HearthModelOptions
        {
            Threads = 1,
            Sparsity = mode,
            MetadataOverrides = new Dictionary<string, GgufValue> { ["llama.hidden_activation"] = "relu" },
        };
        using var sparse = HearthModel.Load(VectorFiles.PathOf("stories260K-Q8_0.gguf"), options);
        using var session = sparse.CreateSession();
        Assert.NotEmpty(sparse.SparseLayers);
        Steps(40);
        Assert.Equal(0, AllocatedBytes.Of(() => Steps(10)));

        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                session.Append([5]);
                session.Append([7, 9, 11]);
            }
        }
    }

    public void Dispose() => model.Dispose();

    private HearthSession Begin()
    {
        var session = model.CreateSession();
        session.Append(model.Tokenizer.Encode("Once upon a time", true, true));
        return session;
    }
}
