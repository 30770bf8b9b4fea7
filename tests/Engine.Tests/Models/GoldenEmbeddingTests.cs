using System.Text.Json;
using Hearth.Engine.Models;
using Hearth.Engine.Sessions;
using Hearth.Kernels;

namespace Hearth.Engine.Tests.Models;

/// <summary>States and pooled vectors of small random encoders against those of independent engines.</summary>
public sealed class GoldenEmbeddingTests
{
    public static TheoryData<string> Files { get; } = new(VectorFiles.Entries
        .Where(entry => entry.Value.GetProperty("kind").GetString() == "embeddings")
        .Select(entry => entry.Key));

    [Theory]
    [MemberData(nameof(Files))]
    public void States_meet_the_tolerance(string key)
    {
        var entry = VectorFiles.Entries[key];
        using var model = Open(entry);
        (string expected, double tolerance) = entry.TryGetProperty("embd_f32gelu", out var exact)
            ? (exact.GetString()!, entry.GetProperty("tol_nmse_f32gelu").GetDouble())
            : (entry.GetProperty("embd").GetString()!, entry.GetProperty("tol_nmse").GetDouble());
        Assert.InRange(LoadedModel.NormalisedError(model.Logits(Tokens(entry), 64), VectorFiles.Floats(expected)), 0, tolerance);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Pooled_vectors_meet_the_tolerance(string key)
    {
        var entry = VectorFiles.Entries[key];
        float[] expected = VectorFiles.Floats(entry.GetProperty("pooled").GetString()!);
        var options = new HearthModelOptions { Threads = 2 };
        using var model = HearthModel.Load(PathOf(entry), options, cancellation: TestContext.Current.CancellationToken);
        using var embedder = model.CreateEmbedder(new EmbeddingOptions { Normalize = false });
        Assert.Equal(entry.GetProperty("pooling").GetString(), embedder.Pooling.ToString().ToLowerInvariant());
        float[] vector = embedder.Embed(Tokens(entry));
        Assert.InRange(LoadedModel.NormalisedError(vector, expected), 0, entry.GetProperty("tol_nmse").GetDouble());
        float[] each = [.. embedder.EmbedTokens(Tokens(entry)).SelectMany(state => state)];
        float[] states = VectorFiles.Floats(entry.GetProperty("embd").GetString()!);
        Assert.InRange(LoadedModel.NormalisedError(each, states), 0, entry.GetProperty("tol_nmse").GetDouble());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void States_have_the_same_bytes_for_any_threads_company_and_rung(string key)
    {
        var entry = VectorFiles.Entries[key];
        int[] tokens = Tokens(entry);
        byte[]? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            foreach (int threads in (int[])[1, 2, 5])
            {
                using var model = Open(entry, threads, kernels);
                byte[] alone = LoadedModel.Bytes(model.Logits(tokens, tokens.Length));
                first ??= alone;
                Assert.True(first.AsSpan().SequenceEqual(alone), $"{kernels.Rung}, {threads} threads");
                byte[] mixed = LoadedModel.Bytes(model.LogitsAmongOthers(tokens, tokens.Length));
                Assert.True(first.AsSpan().SequenceEqual(mixed), $"{kernels.Rung}, {threads} threads, with two other sequences");
            }
        }
    }

    [Fact]
    public void An_encoder_has_no_logits()
    {
        using var model = HearthModel.Load(
            VectorFiles.PathOf("bert-cls.gguf"),
            new HearthModelOptions { Threads = 1 },
            cancellation: TestContext.Current.CancellationToken);
        Assert.True(model.IsEncoder);
        var error = Assert.Throws<NotSupportedException>(model.CreateSession);
        Assert.Contains("'bert' is an encoder", error.Message, StringComparison.Ordinal);
    }

    private static LoadedModel Open(JsonElement entry, int threads = 1, KernelSet? kernels = null)
        => new(PathOf(entry), threads, kernels, output: PassOutput.States);

    private static string PathOf(JsonElement entry) => VectorFiles.PathOf(entry.GetProperty("file").GetString()!);

    private static int[] Tokens(JsonElement entry) => [.. entry.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];
}
