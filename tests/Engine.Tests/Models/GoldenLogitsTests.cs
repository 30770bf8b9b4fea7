using System.Text.Json;
using Hearth.Engine.Models;
using Hearth.Kernels;

namespace Hearth.Engine.Tests.Models;

/// <summary>Logits and greedy tokens of small random models against those of independent engines.</summary>
public sealed class GoldenLogitsTests
{
    public static TheoryData<string> Files { get; } = new(VectorFiles.Entries
        .Where(entry => entry.Value.GetProperty("kind").GetString() is "logits" or "quant" or "split")
        .Where(entry => ArchitectureCatalog.Names.Contains(entry.Value.GetProperty("arch").GetString()))
        .Select(entry => entry.Key));

    [Theory]
    [MemberData(nameof(Files))]
    public void Logits_meet_the_tolerance(string key)
    {
        var entry = VectorFiles.Entries[key];
        using var model = Open(entry);
        float[] logits = model.Logits(Tokens(entry), 64);
        (string expected, double tolerance) = entry.TryGetProperty("logits_f32gelu", out var exact)
            ? (exact.GetString()!, entry.GetProperty("tol_nmse_f32gelu").GetDouble())
            : (entry.GetProperty("logits").GetString()!, entry.GetProperty("tol_nmse").GetDouble());
        Assert.InRange(LoadedModel.NormalisedError(logits, VectorFiles.Floats(expected)), 0, tolerance);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Greedy_tokens_are_the_golden_ones(string key)
    {
        var entry = VectorFiles.Entries[key];
        if (!entry.TryGetProperty("greedy", out var greedy))
            return;
        int[] expected = [.. greedy.EnumerateArray().Select(id => id.GetInt32())];
        using var model = Open(entry);
        Assert.Equal(expected, model.Greedy(Tokens(entry), expected.Length));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Logits_have_the_same_bytes_for_any_threads_chunks_and_company(string key)
    {
        var entry = VectorFiles.Entries[key];
        int[] tokens = Tokens(entry);
        byte[]? first = null;
        foreach (int threads in (int[])[1, 2, 5])
        {
            using var model = Open(entry, threads);
            foreach (int chunk in (int[])[tokens.Length, 1, 3, 7])
            {
                byte[] alone = LoadedModel.Bytes(model.Logits(tokens, chunk));
                first ??= alone;
                Assert.True(first.AsSpan().SequenceEqual(alone), $"{threads} threads, passes of {chunk} tokens");
                byte[] mixed = LoadedModel.Bytes(model.LogitsAmongOthers(tokens, chunk));
                Assert.True(first.AsSpan().SequenceEqual(mixed), $"{threads} threads, passes of {chunk} tokens, mixed with two other sequences");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Logits_have_the_same_bytes_on_every_rung(string key)
    {
        var entry = VectorFiles.Entries[key];
        byte[]? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            using var model = Open(entry, kernels: kernels);
            byte[] logits = LoadedModel.Bytes(model.Logits(Tokens(entry), 64));
            first ??= logits;
            Assert.True(first.AsSpan().SequenceEqual(logits), $"{kernels.Rung} and {KernelSet.Supported[0].Rung} differ");
        }
    }

    private static LoadedModel Open(JsonElement entry, int threads = 1, KernelSet? kernels = null)
        => new(VectorFiles.PathOf(entry.GetProperty("file").GetString()!), threads, kernels);

    private static int[] Tokens(JsonElement entry) => [.. entry.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];
}
