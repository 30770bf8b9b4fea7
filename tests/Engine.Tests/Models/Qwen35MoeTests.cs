using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tests.Files;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Models;

/// <summary>
/// There is no golden model of this family, but there is one of its dense sister: a mixture whose only expert is the dense
/// feed-forward, with a shared expert that gives nothing, must say the same.
/// </summary>
public sealed class Qwen35MoeTests
{
    private const int SharedInner = 16;

    [Fact]
    public void A_mixture_of_one_expert_is_the_dense_model()
    {
        using var folder = new TemporaryFolder();
        using var dense = GgufFile.Open(VectorFiles.PathOf("qwen35.gguf"));
        string path = folder["qwen35moe.gguf"];
        Write(dense, path);
        int[] tokens = [37, 36, 3, 48, 38, 9, 11];
        using var expected = new LoadedModel(VectorFiles.PathOf("qwen35.gguf"));
        using var actual = new LoadedModel(path);
        Assert.Equal(expected.Logits(tokens, 7), actual.Logits(tokens, 7));
    }

    private static void Write(GgufFile dense, string path)
    {
        var metadata = new GgufMetadataBuilder("qwen35moe.gguf");
        foreach (var (key, value) in dense.Metadata)
            metadata.Add(key.Replace("qwen35.", "qwen35moe.", StringComparison.Ordinal), value);
        metadata["general.architecture"] = "qwen35moe";
        int width = dense.Metadata.GetInt32("qwen35.embedding_length");
        metadata["qwen35moe.expert_count"] = 1;
        metadata["qwen35moe.expert_used_count"] = 1;
        metadata["qwen35moe.expert_feed_forward_length"] = dense.Metadata.GetInt32("qwen35.feed_forward_length");
        metadata["qwen35moe.expert_shared_feed_forward_length"] = SharedInner;
        var writer = new GgufWriter(metadata.Build());
        foreach (var tensor in dense.Tensors)
        {
            bool isExpert = tensor.Name.Contains(".ffn_", StringComparison.Ordinal);
            string name = isExpert ? tensor.Name.Replace(".weight", "_exps.weight", StringComparison.Ordinal) : tensor.Name;
            long[] dimensions = isExpert ? [.. tensor.Dimensions, 1] : tensor.Dimensions.ToArray();
            writer.Add(name, tensor.Type, dimensions, stream => stream.Write(tensor.Bytes));
        }

        for (int layer = 0; layer < dense.Metadata.GetInt32("qwen35.block_count"); layer++)
        {
            Zeros(writer, $"blk.{layer}.ffn_gate_inp.weight", width, 1);
            Zeros(writer, $"blk.{layer}.ffn_gate_inp_shexp.weight", width);
            Zeros(writer, $"blk.{layer}.ffn_gate_shexp.weight", width, SharedInner);
            Zeros(writer, $"blk.{layer}.ffn_up_shexp.weight", width, SharedInner);
            Zeros(writer, $"blk.{layer}.ffn_down_shexp.weight", SharedInner, width);
        }

        writer.Write(path);
    }

    private static void Zeros(GgufWriter writer, string name, params long[] dimensions)
        => writer.Add(name, WeightType.F32, dimensions, stream => stream.Write(new byte[dimensions.Aggregate(4L, (a, b) => a * b)]));
}
