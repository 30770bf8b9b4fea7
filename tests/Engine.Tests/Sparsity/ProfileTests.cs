using System.Runtime.InteropServices;
using Hearth.Engine.Evaluation;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Sparsity.Profiling;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Sparsity;

public sealed class ProfileTests : IDisposable
{
    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6];

    private readonly string folder = Directory.CreateTempSubdirectory("hearth-profile-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("llama-mha.gguf", "relu")]
    [InlineData("llama-q-q4_0.gguf", "relu")]
    [InlineData("nemotron.gguf", "")]
    public void What_is_counted_is_what_single_tokens_read(string file, string activation)
    {
        using var model = Open(file, activation, SparsityMode.Exact, null);
        var profile = ActivityProfiler.Profile(model, [new TextWindow(Tokens, 0), new TextWindow(Tokens, 0)], 0.01);
        Assert.Equal(2 * Tokens.Length, profile.Tokens);
        Assert.All(model.SparseLayers, layer => Assert.Equal(0, layer.Tokens));
        Logits(model);
        Assert.Equal(model.SparseLayers.Select(layer => layer.Name), profile.Layers.Select(layer => layer.Name));
        foreach (var (counted, layer) in model.SparseLayers.Zip(profile.Layers))
        {
            Assert.Equal(counted.ActiveShare, layer.GateShare, 1e-6);
            Assert.InRange(layer.ActiveShare, counted.ActiveShare - 1e-2, counted.ActiveShare + 1e-6);
            Assert.All(layer.Frequencies, frequency => Assert.Equal(MathF.Round(frequency * Tokens.Length), frequency * Tokens.Length, 1e-3f));
        }
    }

    [Theory]
    [InlineData("llama-mha.gguf", "relu")]
    [InlineData("nemotron.gguf", "")]
    public void Votes_that_may_lose_nothing_change_no_byte_of_what_was_profiled(string file, string activation)
    {
        using var exact = Open(file, activation, SparsityMode.Exact, null);
        var profile = Worthwhile(ActivityProfiler.Profile(exact, [new TextWindow(Tokens, 0)], 0));
        Assert.All(profile.Layers, layer => Assert.Equal(0, layer.Signs!.LostEnergy));
        using var sign = Open(file, activation, SparsityMode.Sign, profile);
        Assert.All(sign.SparseLayers, layer => Assert.StartsWith("sign", layer.Predictor, StringComparison.Ordinal));
        Assert.Equal(Logits(exact), Logits(sign));
        Assert.All(sign.SparseLayers, layer => Assert.True(layer.PredictedShare < 1));
    }

    [Fact]
    public void A_first_block_chooses_and_loses_what_its_profile_says()
    {
        const double allowed = 0.05;
        using var exact = Open("llama-mha.gguf", "relu", SparsityMode.Exact, null);
        var profile = ActivityProfiler.Profile(exact, [new TextWindow(Tokens, 0)], allowed);
        Assert.All(profile.Layers, layer => Assert.InRange(layer.Signs!.LostEnergy, 0, allowed));
        var strict = ActivityProfiler.Profile(exact, [new TextWindow(Tokens, 0)], 0);
        Assert.All(profile.Layers.Zip(strict.Layers), pair => Assert.True(pair.First.Signs!.Z < pair.Second.Signs!.Z));
        using var sign = Open("llama-mha.gguf", "relu", SparsityMode.Sign, Worthwhile(profile));
        Logits(sign);
        Assert.Equal(profile.Layers[0].Signs!.ChosenShare, sign.SparseLayers[0].PredictedShare, 1e-6);
    }

    [Fact]
    public void A_profile_says_where_it_does_not_pay()
    {
        using var exact = Open("llama-mha.gguf", "relu", SparsityMode.Exact, null);
        var profile = ActivityProfiler.Profile(exact, [new TextWindow(Tokens, 0)], 0);
        var costly = profile with { Layers = [profile.Layers[0] with { GateShare = 0.9f, Frequencies = [.. profile.Layers[0].Frequencies.Select(_ => 0.9f)] }, .. profile.Layers.Skip(1)] };
        using (var auto = Open("llama-mha.gguf", "relu", SparsityMode.Auto, costly))
            Assert.DoesNotContain(auto.SparseLayers, layer => layer.Name == costly.Layers[0].Name);
        var silent = profile with { Layers = [.. profile.Layers.Select(layer => layer with { GateShare = 0.1f, Frequencies = [.. layer.Frequencies.Select(_ => 0.1f)] })] };
        using (var auto = Open("llama-mha.gguf", "relu", SparsityMode.Auto, silent))
            Assert.Equal(silent.Layers.Count, auto.SparseLayers.Count);
        var blind = profile with { Layers = [.. profile.Layers.Select(layer => layer with { Signs = layer.Signs! with { ChosenShare = 0.9f } })] };
        using var sign = Open("llama-mha.gguf", "relu", SparsityMode.Sign, blind);
        Assert.All(sign.SparseLayers, layer => Assert.Null(layer.Predictor));
    }

    [Fact]
    public void The_hot_ones_are_the_fewest_that_do_so_much()
    {
        var layer = new LayerProfile("blk.0.ffn_up", [0.5f, 0, 0.125f, 0.25f, 0.125f], 0.2f, null);
        Assert.Equal(0.2, layer.HotShare(0.5));
        Assert.Equal(0.4, layer.HotShare(0.75));
        Assert.Equal(0.6, layer.HotShare(0.8));
        Assert.Equal(0, layer.HotShare(0));
    }

    [Fact]
    public void A_file_has_what_was_saved()
    {
        string path = Path.Combine(folder, "profile");
        var saved = new SparsityProfile(
            path, 77, 0.01f, [new("blk.0.ffn_gate", [0, 0.25f, 1], 0.5f, new(-0.5f, 0.25f, 0.01f)), new("blk.1.ffn_up", [0.5f], 0.5f, null)]);
        saved.Save(path);
        var read = SparsityProfile.Load(path);
        Assert.Equal((saved.Tokens, saved.AllowedLoss), (read.Tokens, read.AllowedLoss));
        foreach (var (expected, actual) in saved.Layers.Zip(read.Layers, (a, b) => (a, b)))
        {
            Assert.Equal((expected.Name, expected.GateShare, expected.Signs), (actual.Name, actual.GateShare, actual.Signs));
            Assert.Equal(expected.Frequencies, actual.Frequencies);
        }
    }

    [Theory]
    [InlineData("imatrix", 1, 0.5f, 0f, 0.5f, 0.01f, true, "is no profile")]
    [InlineData("sparsity-profile", 2, 0.5f, 0f, 0.5f, 0.01f, true, "version 2")]
    [InlineData("sparsity-profile", 1, float.NaN, 0f, 0.5f, 0.01f, true, "cannot be")]
    [InlineData("sparsity-profile", 1, 1.5f, 0f, 0.5f, 0.01f, true, "cannot be")]
    [InlineData("sparsity-profile", 1, 0.5f, float.NaN, 0.5f, 0.01f, true, "cannot be")]
    [InlineData("sparsity-profile", 1, 0.5f, float.PositiveInfinity, 0.5f, 0.01f, true, "cannot be")]
    [InlineData("sparsity-profile", 1, 0.5f, 0f, -0.5f, 0.01f, true, "cannot be")]
    [InlineData("sparsity-profile", 1, 0.5f, 0f, 0.5f, 7f, true, "cannot be")]
    [InlineData("sparsity-profile", 1, 0.5f, 0f, 0.5f, 0.01f, false, "is there without")]
    public void Hostile_files_are_refused(string type, int version, float frequency, float z, float chosen, float lost, bool hasOutlook, string message)
    {
        string path = Path.Combine(folder, "hostile");
        var writer = new GgufWriter(new GgufMetadataBuilder(path)
        {
            ["general.type"] = type,
            ["sparsity-profile.version"] = (uint)version,
        }.Build());
        Add("blk.0.ffn_up.frequency", [0.5f, frequency]);
        if (hasOutlook)
            Add("blk.0.ffn_up.outlook", [0.5f, z, chosen, lost]);
        writer.Write(path);
        var error = Assert.Throws<InvalidModelException>(() => SparsityProfile.Load(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);

        void Add(string name, float[] values)
            => writer.Add(name, WeightType.F32, [values.Length], stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
    }

    [Theory]
    [InlineData("blk.0.ffn_gate", 3, "has 3 neurons for blk.0.ffn_gate")]
    [InlineData("blk.0.ffn_up", 3, "has nothing about blk.0.ffn_gate")]
    public void A_profile_of_another_model_is_refused(string block, int neurons, string message)
    {
        var profile = new SparsityProfile("other", 1, 0, [new(block, new float[neurons], 0, null)]);
        var error = Assert.Throws<InvalidModelException>(() => Open("llama-mha.gguf", "relu", SparsityMode.Sign, profile).Dispose());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_true_zeros_has_no_profile()
    {
        using var model = Open("llama-mha.gguf", "", SparsityMode.Exact, null);
        var error = Assert.Throws<InvalidModelException>(() => ActivityProfiler.Profile(model, [new TextWindow(Tokens, 0)], 0.01));
        Assert.Contains("no feed-forward block that leaves true zeros", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The same profile, of blocks in which a vote pays.</summary>
    private static SparsityProfile Worthwhile(SparsityProfile profile)
        => profile with { Layers = [.. profile.Layers.Select(layer => layer with { Signs = layer.Signs! with { ChosenShare = 0.1f } })] };

    private static float[] Logits(HearthModel model)
    {
        using var session = model.CreateSession();
        var all = new List<float>();
        session.AppendAll(Tokens, logits => all.AddRange(logits), chunk: 1);
        return [.. all];
    }

    private static HearthModel Open(string file, string activation, SparsityMode mode, SparsityProfile? profile)
        => HearthModel.Load(
            ReluModels.Open(file, activation), new HearthModelOptions { Threads = 2, ContextLength = 128, Sparsity = mode, SparsityProfile = profile });
}
