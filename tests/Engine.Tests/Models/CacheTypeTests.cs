using System.Text.Json;
using Hearth.Kernels;
using Hearth.Kernels.Attention;

namespace Hearth.Engine.Tests.Models;

/// <summary>
/// What narrower caches cost: logits against those of an exact cache, within the limits that come with the golden models. A brain float
/// rounds 8 times as coarsely as a half, which is 64 times the squared error.
/// </summary>
public sealed class CacheTypeTests
{
    private static readonly JsonElement Entry = VectorFiles.Entries["llama-q-f16.gguf kv_cache"];

    private static readonly int[] Tokens = [.. Entry.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];

    [Theory]
    [InlineData(KvType.F32, 1e-9)]
    [InlineData(KvType.F16, 2.2e-6)]
    [InlineData(KvType.BF16, 64 * 2.2e-6)]
    [InlineData(KvType.Q8_0, 3.1e-4)]
    [InlineData(KvType.Q4_0, 0.044)]
    public void Logits_stay_within_the_limit_of_the_cache_type(KvType type, double limit)
    {
        using var model = new LoadedModel(VectorFiles.PathOf("llama-q-f16.gguf"), cache: type);
        float[] logits = model.Logits(Tokens, 64);
        Assert.InRange(LoadedModel.NormalisedError(logits, VectorFiles.Floats(Entry.GetProperty("truth").GetString()!)), 0, limit);
    }

    [Theory]
    [InlineData(KvType.BF16)]
    [InlineData(KvType.Q8_0)]
    [InlineData(KvType.Q4_0)]
    public void Logits_have_the_same_bytes_for_any_threads_chunks_and_rung(KvType type)
    {
        byte[]? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            foreach ((int threads, int chunk) in ((int, int)[])[(1, 64), (1, 1), (3, 5)])
            {
                using var model = new LoadedModel(VectorFiles.PathOf("llama-q-f16.gguf"), threads, kernels, type);
                byte[] logits = LoadedModel.Bytes(model.Logits(Tokens, chunk));
                first ??= logits;
                Assert.True(first.AsSpan().SequenceEqual(logits), $"{kernels.Rung}, {threads} threads, passes of {chunk} tokens");
            }
        }
    }
}
