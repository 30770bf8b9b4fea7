using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Tests.Models.Architectures;

/// <summary>What Llama 4 does beyond the short golden prompt.</summary>
public sealed class Llama4Tests : IDisposable
{
    private const int Chunk = 8192;

    private readonly string folder = Directory.CreateTempSubdirectory("hearth-llama4-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_first_token_of_a_chunk_sees_itself_alone()
    {
        // One layer, whose attention is chunked: alone with itself, a token has the same logits wherever it stands.
        string path = Path.Combine(folder, "one-layer.gguf");
        using (var source = GgufFile.Open(VectorFiles.PathOf("llama4.gguf")))
        {
            var writer = new GgufWriter(new GgufMetadataBuilder(source.Metadata) { ["llama4.block_count"] = 1 }.Build());
            foreach (var tensor in source.Tensors.Where(tensor => !tensor.Name.StartsWith("blk.", StringComparison.Ordinal) || tensor.Name.StartsWith("blk.0.", StringComparison.Ordinal)))
                writer.Add(tensor);
            writer.Write(path);
        }

        using var model = new LoadedModel(path, context: Chunk + 96);
        float[] alone = model.Logits([7], 1);
        using var sequence = model.Runner.CreateSequence(Chunk + 96);
        int[] tokens = [.. Enumerable.Range(0, 64).Select(i => i * 11 % 72)];
        for (int position = 0; position < Chunk; position += tokens.Length)
        {
            model.Runner.Batch.Add(sequence, tokens, BatchOutputs.Last);
            model.Runner.Run();
        }

        model.Runner.Batch.Add(sequence, [7], BatchOutputs.Last);
        Assert.InRange(LoadedModel.NormalisedError(model.Runner.Run()[0], alone), 0, 1e-9);
        model.Runner.Batch.Add(sequence, [9, 7], BatchOutputs.Last);
        Assert.InRange(LoadedModel.NormalisedError(model.Runner.Run()[0], alone), 1e-6, 10);
    }
}
