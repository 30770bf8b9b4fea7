using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Models;

/// <summary>PowerInfer's files and the families that only it writes, against models of the same weights in another form.</summary>
public sealed class PowerInferTests : IDisposable
{
    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];

    private readonly string folder = Directory.CreateTempSubdirectory("hearth-powerinfer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_of_PowerInfer_is_the_same_model_with_ReLU()
    {
        using var source = GgufFile.Open(VectorFiles.PathOf("llama-mha.gguf"));
        var metadata = new GgufMetadataBuilder(source.Metadata);
        var tensors = source.Tensors.Select(Content.Of).ToList();
        string transposed = Write(metadata, tensors.Select(tensor => tensor.InputMajorIfDown()), powerInfer: true);
        metadata["llama.hidden_activation"] = "relu";
        string plain = Write(metadata, tensors);
        Assert.Equal(Logits(plain), Logits(transposed));
        Assert.NotEqual(Logits(VectorFiles.PathOf("llama-mha.gguf")), Logits(transposed));
    }

    [Fact]
    public void Bamboo_is_Llama_with_ReLU_on_gate_and_up()
    {
        // Where up is the gate itself, relu(g) * relu(u) is relu(g) * u.
        using var source = GgufFile.Open(VectorFiles.PathOf("llama-mha.gguf"));
        var tensors = source.Tensors.Select(Content.Of).ToList();
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Name.Contains("ffn_up", StringComparison.Ordinal))
                tensors[i] = tensors.Single(t => t.Name == tensors[i].Name.Replace("_up", "_gate", StringComparison.Ordinal)) with { Name = tensors[i].Name };
        }

        var metadata = new GgufMetadataBuilder(source.Metadata) { ["llama.hidden_activation"] = "relu" };
        float[] llama = Logits(Write(metadata, tensors));
        foreach (var (key, value) in source.Metadata)
        {
            if (key.StartsWith("llama.", StringComparison.Ordinal))
                metadata["bamboo." + key["llama.".Length..]] = value;
        }

        metadata["general.architecture"] = "bamboo";
        Assert.Equal(llama, Logits(Write(metadata, tensors)));

        // And where it is not, up is cut off too.
        string apart = Write(metadata, source.Tensors.Select(Content.Of));
        metadata["general.architecture"] = "llama";
        Assert.NotEqual(Logits(Write(metadata, source.Tensors.Select(Content.Of))), Logits(apart));
    }

    [Fact]
    public void Opt_is_GPT2_with_ReLU_and_two_rows_before_the_first_position()
    {
        using var source = GgufFile.Open(VectorFiles.PathOf("gpt2.gguf"));
        var metadata = new GgufMetadataBuilder(source.Metadata) { ["gpt2.hidden_activation"] = "relu" };
        float[] gpt2 = Logits(Write(metadata, source.Tensors.Select(Content.Of)));
        foreach (var (key, value) in source.Metadata)
        {
            if (key.StartsWith("gpt2.", StringComparison.Ordinal))
                metadata["opt." + key["gpt2.".Length..]] = value;
        }

        metadata["general.architecture"] = "opt";
        var tensors = source.Tensors.Select(Content.Of).SelectMany(tensor => tensor.SplitIfFused()).Select(tensor => tensor.ShiftIfPositions());
        Assert.Equal(gpt2, Logits(Write(metadata, tensors.Select(tensor => tensor.InputMajorIfDown()), powerInfer: true)));
    }

    private static float[] Logits(string path)
    {
        using var model = new LoadedModel(path);
        return model.Logits(Tokens, 64);
    }

    private string Write(GgufMetadataBuilder metadata, IEnumerable<Content> tensors, bool powerInfer = false)
    {
        var writer = new GgufWriter(metadata.Build());
        foreach (var tensor in tensors)
            writer.Add(tensor.Name, WeightType.F32, tensor.Shape, stream => stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan())));
        string path = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".gguf");
        writer.Write(path);
        if (powerInfer)
        {
            using var file = File.OpenWrite(path);
            file.Write("PWRI"u8);
        }

        return path;
    }

    private sealed record Content(string Name, long[] Shape, float[] Values)
    {
        public static Content Of(GgufTensor tensor)
            => new(tensor.Name, tensor.Dimensions.ToArray(), MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray());

        public Content InputMajorIfDown()
        {
            if (!Name.Contains("ffn_down", StringComparison.Ordinal))
                return this;
            string name = Name.Replace("ffn_down", "ffn_down_t", StringComparison.Ordinal);
            if (Shape.Length == 1)
                return this with { Name = name };
            int columns = (int)Shape[0];
            int rows = (int)Shape[1];
            float[] turned = new float[Values.Length];
            for (int i = 0; i < Values.Length; i++)
                turned[(i % columns * rows) + (i / columns)] = Values[i];
            return new Content(name, [rows, columns], turned);
        }

        public IEnumerable<Content> SplitIfFused()
        {
            if (!Name.Contains("attn_qkv", StringComparison.Ordinal))
                return [this];
            int part = Values.Length / 3;
            return "qkv".Select((letter, i) => new Content(
                Name.Replace("qkv", letter.ToString(), StringComparison.Ordinal),
                [.. Shape[..^1], Shape[^1] / 3],
                Values[(i * part)..((i + 1) * part)]));
        }

        public Content ShiftIfPositions()
            => Name == "position_embd.weight"
                ? this with { Shape = [Shape[0], Shape[1] + 2], Values = [.. new float[2 * Shape[0]], .. Values] }
                : this;
    }
}
