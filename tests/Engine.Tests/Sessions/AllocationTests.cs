using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Models;

namespace Hearth.Engine.Tests.Sessions;

/// <summary>Run alone: the second test counts what the whole process allocates.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests : IDisposable
{
    private readonly HearthModel model = HearthModel.Load(
        VectorFiles.PathOf("stories260K-Q8_0.gguf"), new HearthModelOptions { Threads = 2 });

    [Fact]
    public void A_step_of_generation_allocates_nothing_but_text_that_is_new()
    {
        using var session = Begin();
        var generation = session.Generate(new GenerationOptions { IgnoreEndOfGeneration = true, Sampling = new SamplerSettings { Seed = 1 } });
        var seen = new HashSet<string>();
        long allocated = 0;
        for (int step = 0; step < 300; step++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            generation.MoveNext();
            long after = GC.GetAllocatedBytesForCurrentThread();
            if (!seen.Add(generation.Current.Text) && step > 100)
                allocated += after - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_forward_pass_allocates_nothing_on_any_thread()
    {
        using var session = Begin();
        for (int i = 0; i < 100; i++)
            session.Append([5]);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 100; i++)
            session.Append([5]);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        // What the runtime's own threads do in the meantime (timers, tiering) is not ours; a pass that allocated would do so each time.
        Assert.InRange(allocated, 0, 100 * 8);
    }

    public void Dispose() => model.Dispose();

    private HearthSession Begin()
    {
        var session = model.CreateSession();
        session.Append(model.Tokenizer.Encode("Once upon a time", true, true));
        return session;
    }
}
