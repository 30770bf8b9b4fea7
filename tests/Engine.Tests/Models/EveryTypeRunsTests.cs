using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tests.Files;
using Hearth.Kernels;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Models;

/// <summary>
/// A small model in every type that kernels multiply: its logits are those of the same weights as floats, but for the rounding of
/// activations to 8 bits.
/// </summary>
public sealed class EveryTypeRunsTests
{
    // The golden files of the other types allow 0.0006 to 0.0014, depending on how many activations share a scale.
    private const double Tolerance = 0.002;

    private static readonly int[] Tokens = [19, 34, 22, 50, 16, 6, 19, 33, 39, 38, 51, 24, 23, 33, 53, 39, 13];

    public static TheoryData<WeightType> Types =>
        [.. KernelSet.Supported[0].Panels.Where(panel => !panel.Activations.IsFloat).Select(panel => panel.Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Logits_are_those_of_the_decoded_weights(WeightType type)
    {
        using var folder = new TemporaryFolder();
        Assert.True(WeightFormat.TryGet(type, out var format));
        using (var source = GgufFile.Open(VectorFiles.PathOf("llama-q-f16.gguf")))
            Write(source, format, folder["packed.gguf"], folder["floats.gguf"]);
        using var packed = new LoadedModel(folder["packed.gguf"]);
        using var floats = new LoadedModel(folder["floats.gguf"]);
        double error = LoadedModel.NormalisedError(packed.Logits(Tokens, 64), floats.Logits(Tokens, 64));
        Assert.InRange(error, 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Logits_have_the_same_bytes_on_every_rung_and_for_any_chunks(WeightType type)
    {
        using var folder = new TemporaryFolder();
        Assert.True(WeightFormat.TryGet(type, out var format));
        using (var source = GgufFile.Open(VectorFiles.PathOf("llama-q-f16.gguf")))
            Write(source, format, folder["packed.gguf"], folder["floats.gguf"]);
        byte[]? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            using var model = new LoadedModel(folder["packed.gguf"], kernels: kernels);
            foreach (int chunk in (int[])[Tokens.Length, 3, 1])
            {
                byte[] logits = LoadedModel.Bytes(model.Logits(Tokens, chunk));
                first ??= logits;
                Assert.True(first.AsSpan().SequenceEqual(logits), $"{kernels.Rung}, passes of {chunk} tokens");
            }
        }
    }

    /// <summary>Writes a model's matrices in a type, and what they decode to.</summary>
    private static void Write(GgufFile source, WeightFormat format, string packedPath, string floatsPath)
    {
        var packed = new GgufWriter(source.Metadata);
        var floats = new GgufWriter(source.Metadata);
        foreach (var tensor in source.Tensors)
        {
            if (tensor.Dimensions.Length < 2 || tensor.Name == "token_embd.weight")
            {
                packed.Add(tensor);
                floats.Add(tensor);
                continue;
            }

            Assert.True(WeightFormat.TryGet(tensor.Type, out var original));
            float[] weights = new float[tensor.ElementCount];
            original.Decode(tensor.Bytes, weights);
            float[] importance = new float[format.NeedsImportance ? weights.Length : 0];
            Array.Fill(importance, 1);
            byte[] blocks = new byte[format.RowBytes(weights.Length)];
            format.Encode(weights, importance, blocks);
            format.Decode(blocks, weights);
            packed.Add(tensor.Name, format.Type, tensor.Dimensions, stream => stream.Write(blocks));
            floats.Add(tensor.Name, WeightType.F32, tensor.Dimensions, stream => stream.Write(MemoryMarshal.AsBytes(weights.AsSpan())));
        }

        packed.Write(packedPath);
        floats.Write(floatsPath);
    }
}
