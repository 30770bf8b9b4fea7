using Hearth.Engine.Sparsity;
using Hearth.Engine.Tests.Models;
using Hearth.Kernels;

namespace Hearth.Engine.Tests.Sparsity;

/// <summary>Models that read only what active neurons need, beside the same models read whole.</summary>
public sealed class SparseModelsTests
{
    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6];

    /// <summary>Files whose matrices are floats: nothing is rounded differently, so even the dense model has the same bytes.</summary>
    public static TheoryData<string, string> Floats { get; } = new()
    {
        { "llama-mha.gguf", "relu" },
        { "llama-mha.gguf", "bamboo" },
        { "llama-bias.gguf", "relu" },
        { "llama-f16.gguf", "relu" },
        { "llama-bf16.gguf", "bamboo" },
        { "arcee.gguf", "" },
        { "nemotron.gguf", "" },
        { "nemotron_h.gguf", "" },
        { "jais2.gguf", "" },
        { "plm.gguf", "" },
    };

    /// <summary>Files whose last matrices become Q8_0.</summary>
    public static TheoryData<string, string> Rounded { get; } = new()
    {
        { "llama-q-q4_0.gguf", "relu" },
        { "llama-q-q8_0.gguf", "relu" },
        { "llama-q-q4_k_m.gguf", "bamboo" },
        { "llama-q-q5_1.gguf", "relu" },
        { "llama-q-iq4_xs.gguf", "relu" },
    };

    [Theory]
    [MemberData(nameof(Floats))]
    public void Of_float_matrices_the_sparse_model_has_the_bytes_of_the_dense_one(string file, string activation)
    {
        using var dense = Open(file, activation, SparsityMode.Off);
        using var sparse = Open(file, activation, SparsityMode.Exact);
        Assert.NotEmpty(sparse.SparseLayers);
        foreach (int chunk in (int[])[64, 1, 3])
            Assert.Equal(dense.Logits(Tokens, chunk), sparse.Logits(Tokens, chunk));
        Assert.All(sparse.SparseLayers, layer => Assert.InRange(layer.ActiveShare, 0.05, 0.95));
    }

    [Theory]
    [MemberData(nameof(Rounded))]
    public void Of_quantised_matrices_the_sparse_model_is_near_the_dense_one(string file, string activation)
    {
        using var dense = Open(file, activation, SparsityMode.Off);
        using var sparse = Open(file, activation, SparsityMode.Exact);
        Assert.InRange(LoadedModel.NormalisedError(sparse.Logits(Tokens, 64), dense.Logits(Tokens, 64)), 1e-12, 2e-3);
    }

    [Theory]
    [MemberData(nameof(Floats))]
    [MemberData(nameof(Rounded))]
    public void Logits_have_the_same_bytes_for_any_threads_chunks_and_company(string file, string activation)
        => SameBytes.OverThreadsChunksAndCompany(Tokens, threads => Open(file, activation, SparsityMode.Exact, threads));

    [Theory]
    [MemberData(nameof(Floats))]
    [MemberData(nameof(Rounded))]
    public void Logits_have_the_same_bytes_on_every_rung(string file, string activation)
        => SameBytes.OnEveryRung(Tokens, kernels => Open(file, activation, SparsityMode.Exact, kernels: kernels));

    [Fact]
    public void Models_without_true_zeros_stay_as_they_are()
    {
        using var dense = Open("llama-q-q4_0.gguf", "", SparsityMode.Off);
        using var sparse = Open("llama-q-q4_0.gguf", "", SparsityMode.Exact);
        Assert.Empty(sparse.SparseLayers);
        Assert.Equal(dense.Logits(Tokens, 64), sparse.Logits(Tokens, 64));
    }

    [Theory]
    [InlineData("llama-q-q4_0.gguf", false)]
    [InlineData("llama-f16.gguf", true)]
    public void Auto_takes_models_that_need_no_other_rounding(string file, bool isSparse)
    {
        using var model = Open(file, "relu", SparsityMode.Auto);
        Assert.Equal(isSparse, model.SparseLayers.Count > 0);
    }

    [Fact]
    public void What_is_counted_is_what_the_gate_leaves()
    {
        using var model = Open("llama-mha.gguf", "relu", SparsityMode.Exact);
        var layer = model.SparseLayers[0];
        Assert.Equal((0, 0), (layer.Tokens, layer.BytesRead));
        model.Logits(Tokens, 64);
        Assert.Equal(0, layer.Tokens);
        model.Logits(Tokens, 1);
        Assert.Equal(Tokens.Length, layer.Tokens);
        Assert.InRange(layer.BytesRead, Tokens.Length * layer.BytesPerToken / 3, (Tokens.Length * layer.BytesPerToken) - 1);
    }

    private static LoadedModel Open(string file, string activation, SparsityMode sparsity, int threads = 1, KernelSet? kernels = null)
        => new(ReluModels.Open(file, activation), threads, kernels, sparsity: sparsity);
}
