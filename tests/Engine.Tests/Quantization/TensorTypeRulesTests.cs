using System.IO.Compression;
using System.Text.Json;
using Hearth.Engine.Quantization;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Quantization;

public sealed class TensorTypeRulesTests
{
    private static readonly JsonElement Models = Read();

    public static TheoryData<string> Kinds { get; } =
        [.. Models[0].GetProperty("types").EnumerateObject().Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Types_are_those_of_the_reference(string kindName)
    {
        Assert.True(FileKind.TryGet(kindName, out var kind));
        foreach (var model in Models.EnumerateArray())
        {
            if (!model.GetProperty("types").TryGetProperty(kindName, out var types))
                continue;
            var tensors = model.GetProperty("tensors").EnumerateArray().Select(tensor => (
                Name: tensor[0].GetString()!,
                Dimensions: tensor.EnumerateArray().Skip(1).Select(size => size.GetInt64()).ToArray())).ToArray();
            var rules = new TensorTypeRules(kind, Traits(model), tensors.Select(tensor => tensor.Name).Reverse());
            var actual = tensors.Select(tensor => TensorTypeRules.CanQuantize(tensor.Name, tensor.Dimensions)
                ? TensorTypeRules.FittingType(rules.TypeOf(tensor.Name, tensor.Dimensions), tensor.Dimensions[0])
                : WeightType.F32);
            Assert.Equal(types.GetString()!.Split(' '), actual.Select(type => type.ToString().ToUpperInvariant()));
        }
    }

    [Fact]
    public void A_pure_file_has_one_type()
    {
        Assert.True(FileKind.TryGet("q4_k", out var kind));
        Assert.Equal("Q4_K_M", kind.Name);
        string[] names = ["output.weight", "blk.0.attn_v.weight", "blk.0.ffn_down.weight"];
        var rules = new TensorTypeRules(kind, new ModelTraits("llama", 1, 4, 4, 0), names, pure: true);
        Assert.All(names, name => Assert.Equal(WeightType.Q4_K, rules.TypeOf(name, [256, 256])));
    }

    [Fact]
    public void An_importance_matrix_changes_the_first_layers_of_Q4_0()
    {
        Assert.True(FileKind.TryGet("Q4_0", out var kind));
        string[] names = [.. Enumerable.Range(0, 16).Select(layer => $"blk.{layer}.ffn_down.weight")];
        var rules = new TensorTypeRules(kind, new ModelTraits("llama", 16, 4, 4, 0), names, hasImportance: true);
        Assert.Equal(
            [WeightType.Q4_1, WeightType.Q4_1, WeightType.Q4_0],
            names[..3].Select(name => rules.TypeOf(name, [256, 256])));
    }

    [Fact]
    public void What_is_no_matrix_of_weights_keeps_its_type()
    {
        Assert.False(TensorTypeRules.CanQuantize("blk.0.attn_norm.weight", [256, 2]));
        Assert.False(TensorTypeRules.CanQuantize("blk.0.ffn_gate_inp.weight", [256, 8]));
        Assert.False(TensorTypeRules.CanQuantize("blk.0.attn_q.bias", [256, 2]));
        Assert.False(TensorTypeRules.CanQuantize("blk.0.attn_q.weight", [256, 1]));
        Assert.False(TensorTypeRules.CanQuantize("position_embd.weight", [256, 64]));
        Assert.True(TensorTypeRules.CanQuantize("blk.0.attn_q.weight", [256, 2]));
    }

    private static ModelTraits Traits(JsonElement model) => new(
        model.GetProperty("architecture").GetString()!,
        model.GetProperty("layers").GetInt32(),
        model.GetProperty("heads").GetInt32(),
        model.GetProperty("kvHeads").GetInt32(),
        model.GetProperty("experts").GetInt32());

    private static JsonElement Read()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Data", "Quantization", "types.json.br");
        using var stream = new BrotliStream(File.OpenRead(path), CompressionMode.Decompress);
        return JsonDocument.Parse(stream).RootElement;
    }
}
