using System.Runtime.InteropServices;
using System.Text.Json;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models.Adapters;
using Hearth.Kernels;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Models.Adapters;

/// <summary>Adapters against golden logits, and adapters that are not made for their model.</summary>
public sealed class LoraTests : IDisposable
{
    private static readonly JsonElement Entry = VectorFiles.Entries["llama-gqa-theta500k.lora.gguf lora"];
    private static readonly string Base = VectorFiles.PathOf(Entry.GetProperty("base").GetString()!);
    private static readonly string Adapter = VectorFiles.PathOf(Entry.GetProperty("file").GetString()!);
    private static readonly int[] Tokens = [.. Entry.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];

    private readonly string folder = Directory.CreateTempSubdirectory("hearth-lora-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Logits_with_an_adapter_are_the_golden_ones(int index)
    {
        var run = Entry.GetProperty("runs")[index];
        using var model = Open(new LoraFile(Adapter, run.GetProperty("scale").GetSingle()));
        float[] expected = VectorFiles.Floats(run.GetProperty("logits").GetString()!);
        Assert.InRange(
            LoadedModel.NormalisedError(model.Logits(Tokens, 64), expected), 0, Entry.GetProperty("tol_nmse").GetDouble());
        int[] greedy = [.. run.GetProperty("greedy").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(greedy, model.Greedy(Tokens, greedy.Length));
    }

    [Fact]
    public void Two_adapters_of_half_the_scale_are_one_of_the_whole()
    {
        using var model = Open(new LoraFile(Adapter, 0.5f), new LoraFile(Adapter, 0.5f));
        float[] expected = VectorFiles.Floats(Entry.GetProperty("runs")[1].GetProperty("logits").GetString()!);
        Assert.InRange(LoadedModel.NormalisedError(model.Logits(Tokens, 64), expected), 0, 1e-9);
    }

    [Fact]
    public void An_adapter_of_scale_0_changes_no_byte()
    {
        using var plain = Open();
        using var adapted = Open(new LoraFile(Adapter, 0));
        Assert.Equal(plain.Logits(Tokens, 64), adapted.Logits(Tokens, 64));
    }

    [Fact]
    public void Logits_with_an_adapter_have_the_same_bytes_for_any_threads_chunks_and_rung()
    {
        byte[]? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            foreach ((int threads, int chunk) in ((int, int)[])[(1, 64), (1, 1), (3, 5)])
            {
                using var model = new LoadedModel(Base, threads, kernels, adapters: new LoraFile(Adapter));
                byte[] logits = LoadedModel.Bytes(model.Logits(Tokens, chunk));
                first ??= logits;
                Assert.True(first.AsSpan().SequenceEqual(logits), $"{kernels.Rung}, {threads} threads, passes of {chunk} tokens");
            }
        }
    }

    [Fact]
    public void A_pass_with_an_adapter_allocates_nothing()
    {
        using var model = Open(new LoraFile(Adapter));
        using var sequence = model.Runner.CreateSequence(256);
        Step(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step(100);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int count)
        {
            for (int i = 0; i < count; i++)
            {
                model.Runner.Batch.Add(sequence, [5], BatchOutputs.Last);
                model.Runner.Run();
            }
        }
    }

    [Fact]
    public void An_embedding_adapter_adds_its_row_of_the_token()
    {
        // With one value of A for every token and one row of B, every token moves along the same direction.
        string path = Write("llama", Tensor("token_embd.weight.lora_a", [1, 97], 0.5f), Tensor("token_embd.weight.lora_b", [1, 64], 0.25f));
        using var plain = Open();
        using var adapted = Open(new LoraFile(path));
        Assert.InRange(LoadedModel.NormalisedError(adapted.Logits(Tokens, 64), plain.Logits(Tokens, 64)), 1e-4, 10);
        using var none = Open(new LoraFile(Write("llama", Tensor("token_embd.weight.lora_a", [1, 97], 0), Tensor("token_embd.weight.lora_b", [1, 64], 1))));
        Assert.Equal(plain.Logits(Tokens, 64), none.Logits(Tokens, 64));
    }

    [Fact]
    public void A_model_is_no_adapter()
        => AssertRefused(Base, "should be an adapter");

    [Fact]
    public void An_adapter_of_another_architecture_is_refused()
        => AssertRefused(Write("qwen2", Pair("blk.0.attn_q.weight", 64, 64)), "for the architecture 'qwen2'");

    [Fact]
    public void An_adapter_of_a_tensor_that_the_model_does_not_have_is_refused()
        => AssertRefused(Write("llama", Pair("blk.9.attn_q.weight", 64, 64)), "blk.9.attn_q.weight, which");

    [Fact]
    public void An_adapter_of_a_norm_is_refused()
        => AssertRefused(Write("llama", Pair("blk.0.attn_norm.weight", 64, 1)), "no matrix that an adapter can change");

    [Fact]
    public void An_adapter_of_another_shape_is_refused()
        => AssertRefused(Write("llama", Pair("blk.0.attn_q.weight", 64, 48)), "do not fit a product of 64 inputs and 64 outputs");

    [Fact]
    public void Half_a_pair_is_refused()
        => AssertRefused(Write("llama", Tensor("blk.0.attn_q.weight.lora_a", [64, 4], 1)), "without blk.0.attn_q.weight.lora_b");

    [Fact]
    public void A_tensor_with_another_ending_is_refused()
        => AssertRefused(Write("llama", Tensor("blk.0.attn_q.weight", [64, 64], 1)), "ends with neither");

    [Fact]
    public void A_scale_that_is_no_number_is_refused()
    {
        var e = Assert.Throws<InvalidModelException>(() => Open(new LoraFile(Adapter, float.NaN)));
        Assert.Contains("must be finite", e.Message, StringComparison.Ordinal);
    }

    private static LoadedModel Open(params LoraFile[] adapters) => new(Base, adapters: adapters);

    private static void AssertRefused(string adapter, string fact)
    {
        var e = Assert.Throws<InvalidModelException>(() => Open(new LoraFile(adapter, 0)));
        Assert.StartsWith(adapter, e.Message, StringComparison.Ordinal);
        Assert.Contains(fact, e.Message, StringComparison.Ordinal);
    }

    private static (string Name, long[] Shape, float Value)[] Pair(string target, int inputs, int outputs)
        => [Tensor(target + ".lora_a", [inputs, 4], 1), Tensor(target + ".lora_b", [4, outputs], 1)];

    private static (string Name, long[] Shape, float Value) Tensor(string name, long[] shape, float value) => (name, shape, value);

    private string Write(string architecture, params (string Name, long[] Shape, float Value)[] tensors)
    {
        var metadata = new GgufMetadataBuilder("adapter")
        {
            ["general.architecture"] = architecture,
            ["general.type"] = "adapter",
            ["adapter.type"] = "lora",
            ["adapter.lora.alpha"] = 4f,
        };
        var writer = new GgufWriter(metadata.Build());
        foreach (var (name, shape, value) in tensors)
        {
            float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            values.AsSpan().Fill(value);
            writer.Add(name, WeightType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
        }

        string path = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".gguf");
        writer.Write(path);
        return path;
    }
}
