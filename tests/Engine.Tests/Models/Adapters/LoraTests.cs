using System.Runtime.InteropServices;
using System.Text.Json;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models.Adapters;
using Hearth.Kernels;
using Hearth.Kernels.Formats;
using Hearth.Tests;

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
        Assert.Equal(0, AllocatedBytes.Of(() => Step(30)));

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

    [Theory]
    [InlineData("ffn_gate_exps")]
    [InlineData("ffn_up_exps")]
    [InlineData("ffn_down_exps")]
    [InlineData("ffn_gate_inp")]
    public void An_adapter_of_experts_is_as_if_it_were_merged(string matrix)
    {
        string target = $"blk.1.{matrix}.weight";
        string path = VectorFiles.PathOf("llama-moe.gguf");
        using var source = GgufFile.Open(path);
        Assert.True(source.TryGetTensor(target, out var tensor));
        int inputs = (int)tensor.Dimensions[0];
        int outputs = (int)tensor.Dimensions[1];
        int parts = tensor.Dimensions.Length > 2 ? (int)tensor.Dimensions[2] : 1;
        const int rank = 3;
        var random = new Random(1);
        float[] a = [.. Enumerable.Range(0, inputs * rank * parts).Select(_ => random.NextSingle() - 0.5f)];
        float[] b = [.. Enumerable.Range(0, outputs * rank * parts).Select(_ => random.NextSingle() - 0.5f)];
        float[] merged = MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray();
        for (int i = 0; i < merged.Length; i++)
        {
            (int row, int column) = (i / inputs, i % inputs);
            int part = row / outputs;
            double sum = 0;
            for (int r = 0; r < rank; r++)
                sum += (double)b[(row * rank) + r] * a[(((part * rank) + r) * inputs) + column];
            merged[i] += (float)(4.0 / rank * sum);
        }

        long[] third = tensor.Dimensions.Length > 2 ? [parts] : [];
        string adapter = WriteValues("llama", (target + ".lora_a", [inputs, rank, .. third], a), (target + ".lora_b", [rank, outputs, .. third], b));
        var writer = new GgufWriter(source.Metadata);
        foreach (var each in source.Tensors)
        {
            if (each.Name == target)
                writer.Add(target, WeightType.F32, each.Dimensions, stream => stream.Write(MemoryMarshal.AsBytes(merged.AsSpan())));
            else
                writer.Add(each);
        }

        string mergedPath = Path.Combine(folder, "merged.gguf");
        writer.Write(mergedPath);
        using var adapted = new LoadedModel(path, adapters: new LoraFile(adapter));
        using var whole = new LoadedModel(mergedPath);
        Assert.InRange(LoadedModel.NormalisedError(adapted.Logits([3, 1, 4, 1, 5], 64), whole.Logits([3, 1, 4, 1, 5], 64)), 0, 1e-9);
        using var plain = new LoadedModel(path);
        Assert.InRange(LoadedModel.NormalisedError(plain.Logits([3, 1, 4, 1, 5], 64), whole.Logits([3, 1, 4, 1, 5], 64)), 1e-4, 10);
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
        => WriteValues(architecture, [.. tensors.Select(tensor => (tensor.Name, tensor.Shape, Filled(tensor.Shape, tensor.Value)))]);

    private static float[] Filled(long[] shape, float value)
    {
        float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        values.AsSpan().Fill(value);
        return values;
    }

    private string WriteValues(string architecture, params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        var metadata = new GgufMetadataBuilder("adapter")
        {
            ["general.architecture"] = architecture,
            ["general.type"] = "adapter",
            ["adapter.type"] = "lora",
            ["adapter.lora.alpha"] = 4f,
        };
        var writer = new GgufWriter(metadata.Build());
        foreach (var (name, shape, values) in tensors)
            writer.Add(name, WeightType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
        string path = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".gguf");
        writer.Write(path);
        return path;
    }
}
