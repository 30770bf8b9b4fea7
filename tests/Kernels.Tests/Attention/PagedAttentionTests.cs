using FsCheck.Xunit;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Tests.Elementwise;
using Hearth.Kernels.Threading;
using Hearth.Tests;

namespace Hearth.Kernels.Tests.Attention;

public sealed unsafe class PagedAttentionTests : IDisposable
{
    private readonly WorkerPool one = new(1);
    private readonly WorkerPool three = new(3);
    private readonly WorkerPool eight = new(8);

    private static KernelSet Best => KernelSet.Supported[^1];

    public static TheoryData<int, int> Groups => new() { { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 2 }, { 8, 2 }, { 8, 1 }, { 6, 2 }, { 40, 1 } };

    public void Dispose()
    {
        one.Dispose();
        three.Dispose();
        eight.Dispose();
    }

    [Property(MaxTest = 60)]
    public void Any_task_follows_the_formula_with_the_same_bytes_however_it_is_cut(int seed)
    {
        var random = new Random(seed);
        var test = RandomCase(random, random.Next(1, 90));
        var whole = test.Run(KernelSet.Supported[0], one, test.Tokens);
        AttentionReference.Check(test, whole);
        AssertSameHoweverCut(test, whole, random);
    }

    [Property(MaxTest = 5)]
    public void A_long_sequence_follows_the_formula_with_the_same_bytes_however_it_is_cut(int seed)
    {
        var random = new Random(seed);
        var test = RandomCase(random, random.Next(250, 600));
        var whole = test.Run(Best, one, test.Tokens);
        AttentionReference.Check(test, whole);
        AssertSameHoweverCut(test, whole, random);
    }

    [Fact]
    public void Every_length_across_blocks_and_pages_follows_the_formula()
    {
        for (int tokens = 1; tokens <= 200; tokens += tokens < 70 ? 1 : 13)
        {
            var test = new AttentionCase(new Random(tokens), AttentionCase.Shaped(2, 1, tokens, 8, 16));
            AttentionReference.Check(test, test.Run(Best, one, tokens));
        }
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Heads_of_a_group_share_their_keys(int heads, int kvHeads)
    {
        foreach (var type in Enum.GetValues<KvType>())
        {
            var test = new AttentionCase(new Random(heads), AttentionCase.Shaped(heads, kvHeads, 70, 24, 40, type));
            var whole = test.Run(Best, three, test.Tokens);
            AttentionReference.Check(test, whole);
            Assert.Equal(whole.Bits, test.Run(KernelSet.Supported[0], one, 1).Bits);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(300)]
    public void A_window_hides_older_keys(int window)
    {
        var task = AttentionCase.Shaped(4, 2, 400, 16, 16);
        task.Window = window;
        var test = new AttentionCase(new Random(window), task);
        var whole = test.Run(Best, one, test.Tokens);
        AttentionReference.Check(test, whole);
        Assert.Equal(whole.Bits, test.Run(Best, eight, 1).Bits);
        Assert.Equal(whole.Bits, test.Run(Best, three, 7, 90).Bits);
    }

    [Fact]
    public void A_chunk_hides_the_chunks_before_it()
    {
        var task = AttentionCase.Shaped(2, 2, 400, 16, 16);
        task.Chunk = 96;
        var test = new AttentionCase(new Random(1), task);
        var whole = test.Run(Best, one, test.Tokens);
        AttentionReference.Check(test, whole);
        Assert.Equal(whole.Bits, test.Run(Best, eight, 3).Bits);
    }

    [Fact]
    public void Without_causality_a_token_sees_what_follows()
    {
        var task = AttentionCase.Shaped(2, 2, 300, 16, 16);
        task.Causal = false;
        var test = new AttentionCase(new Random(1), task, alibi: true);
        var whole = test.Run(Best, one, test.Tokens);
        AttentionReference.Check(test, whole);
        Assert.Equal(whole.Bits, test.Run(Best, eight, 1).Bits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(int.MaxValue)]
    public void Without_causality_a_window_reaches_as_far_ahead_as_back(int window)
    {
        var task = AttentionCase.Shaped(2, 1, 300, 16, 16);
        task.Causal = false;
        task.Window = window;
        var test = new AttentionCase(new Random(1), task);
        var whole = test.Run(Best, one, test.Tokens);
        AttentionReference.Check(test, whole);
        Assert.Equal(whole.Bits, test.Run(Best, eight, 1).Bits);
    }

    [Fact]
    public void A_token_that_sees_no_key_gets_zeros()
    {
        var task = AttentionCase.Shaped(3, 1, 90, 16, 20);
        task.Window = 4;
        var test = new AttentionCase(new Random(1), task, sink: true);
        foreach (var kernels in KernelSet.Supported)
        {
            using var cache = new AttentionCase.CacheMemory(test, kernels);
            cache.Store(40);
            var output = new FloatRow(test.Tokens * test.OutputWidth);
            AttentionCase.Run(kernels, eight, [test.At(cache, output, 30, 60, 40)]);
            Assert.Equal(-1, output.Values[(43 * test.OutputWidth)..].IndexOfAnyExcept(0f));
            Assert.NotEqual(0, output.Values[(42 * test.OutputWidth)]);
        }
    }

    [Fact]
    public void Sequences_of_a_batch_do_not_see_each_other()
    {
        var random = new Random(5);
        AttentionCase[] tests = [.. new[] { 700, 3, 64, 65, 1, 300 }
            .Select(tokens => new AttentionCase(random, AttentionCase.Shaped(4, 2, tokens, 32, 32)))];
        var caches = tests.Select(test => new AttentionCase.CacheMemory(test, Best)).ToArray();
        var outputs = tests.Select(test => new FloatRow(test.Tokens * test.OutputWidth)).ToArray();
        var tasks = new AttentionTask[tests.Length];
        for (int i = 0; i < tests.Length; i++)
        {
            // One decodes, the others are in the middle of their prompts.
            caches[i].Store(tests[i].Tokens);
            int first = i == 0 ? tests[i].Tokens - 1 : tests[i].Tokens / 3;
            outputs[i].Values.Clear();
            tasks[i] = tests[i].At(caches[i], outputs[i], first, tests[i].Tokens - first, tests[i].Tokens);
        }

        foreach (var pool in (WorkerPool[])[one, three, eight])
        {
            foreach (double share in (double[])[0, 0.5, 1])
            {
                AttentionCase.Run(Best, pool, tasks, share);
                for (int i = 0; i < tests.Length; i++)
                {
                    var alone = tests[i].Run(Best, one, tests[i].Tokens);
                    int from = tasks[i].FirstPosition * tests[i].OutputWidth;
                    Assert.Equal(alone.Bits[from..], outputs[i].Bits[from..]);
                    outputs[i].Values.Clear();
                }
            }
        }

        Array.ForEach(caches, cache => cache.Dispose());
    }

    [Fact]
    public void Attention_allocates_nothing()
    {
        var test = new AttentionCase(new Random(1), AttentionCase.Shaped(4, 2, 600, 32, 32));
        using var cache = new AttentionCase.CacheMemory(test, Best);
        cache.Store(test.Tokens);
        var output = new FloatRow(test.Tokens * test.OutputWidth);
        AttentionTask[] tasks = [test.At(cache, output, 0, 600, 600), test.At(cache, output, 599, 1, 600)];
        long bytes = PagedAttention.ScratchBytes(eight.Threads, tasks.Length, test.Task.Shape, test.Task.Heads, 600);
        using var scratch = new AlignedBuffer(bytes);
        PagedAttention.Run(eight, Best, tasks, scratch.Pointer, bytes);
        Assert.Equal(0, AllocatedBytes.Of(() => PagedAttention.Run(eight, Best, tasks, scratch.Pointer, bytes)));
    }

    [Fact]
    public void Scratch_memory_that_is_too_small_is_refused()
    {
        var test = new AttentionCase(new Random(1), AttentionCase.Shaped(1, 1, 1, 16, 16));
        using var cache = new AttentionCase.CacheMemory(test, Best);
        var task = test.At(cache, new FloatRow(test.OutputWidth), 0, 1, 1);
        Assert.Throws<ArgumentException>(() => PagedAttention.Run(one, Best, new ReadOnlySpan<AttentionTask>(in task), null, 64));
    }

    private static AttentionCase RandomCase(Random random, int tokens)
    {
        int kvHeads = random.Next(1, 4);
        var task = AttentionCase.Shaped(kvHeads * random.Next(1, 10), kvHeads, tokens, random.Next(1, 72), random.Next(1, 72));
        task.Shape = task.Shape with
        {
            KeyType = (KvType)random.Next(5),
            ValueType = (KvType)random.Next(5),
        };
        task.Causal = random.Next(4) > 0;
        task.Window = random.Next(3) == 0 ? random.Next(1, tokens + 2) : 0;
        task.Chunk = random.Next(8) == 0 ? random.Next(1, tokens + 2) : 0;
        task.SoftCap = random.Next(3) == 0 ? 5 : 0;
        return new AttentionCase(random, task, alibi: random.Next(3) == 0, sink: random.Next(3) == 0);
    }

    private void AssertSameHoweverCut(AttentionCase test, FloatRow whole, Random random)
    {
        foreach (var kernels in KernelSet.Supported)
        {
            if (kernels == KernelSet.Supported[0] && test.Tokens > 100)
                continue;
            Assert.Equal(whole.Bits, test.Run(kernels, three, test.Tokens).Bits);
            Assert.Equal(whole.Bits, test.Run(kernels, one, 1).Bits);
            Assert.Equal(whole.Bits, test.Run(kernels, eight, random.Next(1, 40), 1, 1, random.Next(1, 70)).Bits);
        }
    }
}
