using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tests.Files;

namespace Hearth.Engine.Tests.Models;

/// <summary>The first Qwen3-Next files hold a delta net's projections as one matrix; those rows must say the same.</summary>
public sealed class FusedDeltaProjectionTests
{
    private const string Qkv = ".attn_qkv.weight";
    private const string Gate = ".attn_gate.weight";

    // Of the golden model: 2 key heads of 16, 4 value heads of 16.
    private const int KeyHeads = 2;
    private const int KeyLength = 16;
    private const int ValuesPerKeyHead = 32;

    [Fact]
    public void One_matrix_says_what_two_say()
    {
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(VectorFiles.PathOf("qwen3next.gguf"));
        string path = folder["fused.gguf"];
        var writer = new GgufWriter(new GgufMetadataBuilder(file.Metadata).Build());
        foreach (var tensor in file.Tensors)
        {
            if (tensor.Name.EndsWith(Gate, StringComparison.Ordinal))
                continue;
            if (!tensor.Name.EndsWith(Qkv, StringComparison.Ordinal))
            {
                writer.Add(tensor);
                continue;
            }

            string layer = tensor.Name[..^Qkv.Length];
            Assert.True(file.TryGetTensor(layer + Gate, out var gate));
            float[] rows = Fuse(Floats(tensor), Floats(gate), (int)tensor.Dimensions[0]);
            writer.Add(
                layer + ".ssm_in.weight",
                tensor.Type,
                [tensor.Dimensions[0], tensor.Dimensions[1] + gate.Dimensions[1]],
                stream => stream.Write(MemoryMarshal.AsBytes(rows.AsSpan())));
        }

        writer.Write(path);
        int[] tokens = [7, 34, 28, 5, 62, 40, 19];
        using var expected = new LoadedModel(VectorFiles.PathOf("qwen3next.gguf"));
        using var actual = new LoadedModel(path);
        Assert.Equal(expected.Logits(tokens, 7), actual.Logits(tokens, 3));
    }

    private static float[] Fuse(float[] qkv, float[] gate, int width)
    {
        var rows = new List<float>();
        for (int head = 0; head < KeyHeads; head++)
        {
            Take(qkv, head * KeyLength, KeyLength);
            Take(qkv, (KeyHeads + head) * KeyLength, KeyLength);
            Take(qkv, (2 * KeyHeads * KeyLength) + (head * ValuesPerKeyHead), ValuesPerKeyHead);
            Take(gate, head * ValuesPerKeyHead, ValuesPerKeyHead);
        }

        return [.. rows];

        void Take(float[] matrix, int first, int count) => rows.AddRange(matrix.AsSpan(first * width, count * width));
    }

    private static float[] Floats(GgufTensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray();
}
