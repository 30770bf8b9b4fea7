using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tests.Files;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Models;

public sealed class UnusedTensorsTests
{
    [Theory]
    [InlineData("blk.0.attn_q_norm.weight", 2, true)]
    [InlineData("blk.1.attn_sinks.weight", 2, true)]
    [InlineData("blk.2.attn_norm.weight", 2, true)]
    [InlineData(null, 1, true)]
    [InlineData(null, 2, false)]
    [InlineData("blk.0.fc1.weight", 2, false)]
    [InlineData("blk.1.ffn_up.input_scale", 2, false)]
    [InlineData("blk.1.attn_rot_embd.weight", 2, false)]
    [InlineData("v.patch_embd.weight", 2, false)]
    public void What_layers_have_and_an_architecture_does_not_read_is_refused(string? added, int layers, bool isRefused)
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.gguf"];
        using (var source = GgufFile.Open(VectorFiles.PathOf("llama-gqa-theta500k.gguf")))
        {
            var writer = new GgufWriter(new GgufMetadataBuilder(source.Metadata) { ["llama.block_count"] = layers }.Build());
            foreach (var tensor in source.Tensors)
                writer.Add(tensor);
            if (added is not null)
                writer.Add(added, WeightType.F32, [4], stream => stream.Write(new byte[16]));
            writer.Write(path);
        }

        if (!isRefused)
        {
            new LoadedModel(path).Dispose();
            return;
        }

        var error = Assert.Throws<InvalidModelException>(() => new LoadedModel(path).Dispose());
        Assert.StartsWith($"{path}: has the tensor {added ?? "blk.1."}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"which has no place in a model of the architecture 'llama' with {layers} layers.", error.Message, StringComparison.Ordinal);
    }
}
