using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Models;

/// <summary>A matrix that is embedding and output at once stays in memory once: the file's copy is not read any more.</summary>
public sealed class TiedEmbeddingTests
{
    private static readonly int[] Tokens = [19, 34, 22, 50, 16, 6, 19, 33];

    public static TheoryData<WeightType> Types => [.. KernelSet.Supported[0].Panels.Select(panel => panel.Type).Order()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Tokens_are_looked_up_in_the_panels(WeightType type)
    {
        byte[] bytes = Tied(type);
        var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            var file = GgufFile.FromMemory("tied", pin.AddrOfPinnedObject(), bytes.Length);
            Assert.True(file.TryGetTensor("token_embd.weight", out var embedding));
            using var model = new LoadedModel(file);
            float[] logits = model.Logits(Tokens, 8);
            Assert.DoesNotContain(logits, float.IsNaN);
            bytes.AsSpan((int)embedding.Offset, (int)embedding.ByteLength).Fill(0xFF);
            Assert.Equal(LoadedModel.Bytes(logits), LoadedModel.Bytes(model.Logits(Tokens, 8)));
        }
        finally
        {
            pin.Free();
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Logits_are_those_of_a_model_that_has_the_matrix_twice(WeightType type)
    {
        byte[] tied = Tied(type);
        byte[] untied = Write(type, ["token_embd.weight", "output.weight"]);
        Assert.Equal(Logits(untied), Logits(tied));
    }

    private static byte[] Logits(byte[] bytes)
    {
        var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            using var model = new LoadedModel(GgufFile.FromMemory("model", pin.AddrOfPinnedObject(), bytes.Length));
            return LoadedModel.Bytes(model.Logits(Tokens, 8));
        }
        finally
        {
            pin.Free();
        }
    }

    private static byte[] Tied(WeightType type) => Write(type, ["token_embd.weight"]);

    /// <summary>A small model whose embedding has a type, and lies in the file under the given names.</summary>
    private static byte[] Write(WeightType type, string[] names)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        using var source = GgufFile.Open(VectorFiles.PathOf("llama-q-f16.gguf"));
        var writer = new GgufWriter(source.Metadata);
        foreach (var tensor in source.Tensors.Where(tensor => tensor.Name is not "token_embd.weight" and not "output.weight"))
            writer.Add(tensor);
        Assert.True(source.TryGetTensor("token_embd.weight", out var embedding));
        Assert.True(WeightFormat.TryGet(embedding.Type, out var given));
        float[] weights = new float[embedding.ElementCount];
        given.Decode(embedding.Bytes, weights);
        byte[] blocks = new byte[format.RowBytes(weights.Length)];
        float[] importance = new float[format.NeedsImportance ? weights.Length : 0];
        Array.Fill(importance, 1);
        format.Encode(weights, importance, blocks);
        foreach (string name in names)
            writer.Add(name, type, embedding.Dimensions, stream => stream.Write(blocks));
        using var memory = new MemoryStream();
        writer.Write(memory);
        return memory.ToArray();
    }
}
