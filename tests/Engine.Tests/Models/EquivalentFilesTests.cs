using System.Globalization;

namespace Hearth.Engine.Tests.Models;

/// <summary>What converters may write in more than one way means the same.</summary>
public sealed class EquivalentFilesTests : DerivedModelTests
{
    private static readonly string[] Parts = ["attn_q", "attn_k", "attn_v"];

    [Theory]
    [InlineData("qwen3.gguf", 2)]
    [InlineData("afmoe.gguf", 4)]
    [InlineData("gemma4.gguf", 6)]
    [InlineData("qwen3next.gguf", 4)]
    [InlineData("qwen35.gguf", 4)]
    public void Queries_keys_and_values_may_be_one_matrix(string file, int layers)
        => Assert.Equal(Logits(Derive(file, (_, _) => { })), Logits(Derive(file, (_, tensors) => Join(tensors, layers, "weight"))));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Their_biases_may_be_one_or_three(bool one)
    {
        float[] separate = Logits(Derive("qwen2.gguf", (_, _) => { }));
        Assert.Equal(separate, Logits(Derive("qwen2.gguf", (_, tensors) =>
        {
            Join(tensors, 2, "weight");
            if (one)
                Join(tensors, 2, "bias");
        })));
    }

    [Fact]
    public void One_bias_of_three_leaves_the_others_zero()
    {
        float[] separate = Logits(Derive("qwen2.gguf", (_, tensors) => tensors.RemoveAll(IsBias)));
        Assert.Equal(separate, Logits(Derive("qwen2.gguf", (_, tensors) =>
        {
            tensors.RemoveAll(IsBias);
            Join(tensors, 2, "weight");
        })));

        static bool IsBias(Content tensor) => tensor.Name.EndsWith("attn_q.bias", StringComparison.Ordinal) || tensor.Name.EndsWith("attn_v.bias", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qwen3next.gguf")]
    [InlineData("deepseek2-v3.gguf")]
    [InlineData("cohere2moe.gguf")]
    public void Gates_and_ups_of_experts_may_be_one_tensor(string file)
        => Assert.Equal(Logits(Derive(file, (_, _) => { })), Logits(Derive(file, (_, tensors) =>
        {
            foreach (var gate in tensors.Where(tensor => tensor.Name.EndsWith("ffn_gate_exps.weight", StringComparison.Ordinal)).ToArray())
            {
                var up = Take(tensors, gate.Name.Replace("gate", "up", StringComparison.Ordinal))!;
                int experts = (int)gate.Shape[2];
                int length = gate.Values.Length / experts;
                tensors.Remove(gate);
                tensors.Add(new Content(
                    gate.Name.Replace("gate", "gate_up", StringComparison.Ordinal),
                    [gate.Shape[0], 2 * gate.Shape[1], experts],
                    [.. Enumerable.Range(0, experts).SelectMany(i => gate.Values.Skip(i * length).Take(length).Concat(up.Values.Skip(i * length).Take(length)))]));
            }
        })));

    [Fact]
    public void Rotary_divisors_may_be_those_of_whole_heads()
    {
        Assert.Equal(OfPairs(4), OfPairs(8));

        float[] OfPairs(int count) => Logits(Derive("phimoe.gguf", (keys, tensors) =>
        {
            keys["phimoe.rope.dimension_count"] = 8;
            foreach (string kind in (string[])["long", "short"])
            {
                Take(tensors, $"rope_factors_{kind}.weight");
                tensors.Add(Content.Of($"rope_factors_{kind}.weight", [count], i => 1 + (0.5f * i)));
            }
        }));
    }

    [Theory]
    [InlineData("deepseek2-lite.gguf", "attn_kv_b.weight")]
    [InlineData("deepseek2-lite-nonmla.gguf", "attn_k_b.weight", "attn_v_b.weight")]
    public void Latent_matrices_may_be_there_in_the_other_form_too(string file, params string[] others)
        => Assert.Equal(Logits(Derive(file, (_, _) => { })), Logits(Derive(file, (_, tensors) =>
        {
            foreach (string other in others)
            {
                Assert.DoesNotContain(tensors, tensor => tensor.Name == $"blk.0.{other}");
                tensors.Add(Content.Of($"blk.0.{other}", [4], i => i));
            }
        })));

    private static void Join(List<Content> tensors, int layers, string ending)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.");
            if (!tensors.Exists(tensor => tensor.Name == $"{name}attn_v.{ending}"))
                continue;
            var parts = Parts.Select(part => Take(tensors, $"{name}{part}.{ending}")!).ToArray();
            tensors.Add(new Content(
                $"{name}attn_qkv.{ending}",
                [.. parts[0].Shape.SkipLast(1), parts.Sum(part => part.Shape[^1])],
                [.. parts.SelectMany(part => part.Values)]));
        }
    }

    private static Content? Take(List<Content> tensors, string name)
    {
        var tensor = tensors.SingleOrDefault(tensor => tensor.Name == name);
        if (tensor is not null)
            tensors.Remove(tensor);
        return tensor;
    }
}
