using System.Text;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Quantization;
using Hearth.Engine.Tests.Files;

namespace Hearth.Engine.Tests.Quantization;

public sealed class ImportanceMatrixTests
{
    [Fact]
    public void The_GGUF_form_reads_back_what_was_written()
    {
        using var folder = new TemporaryFolder();
        var entries = new Dictionary<string, ImportanceEntry>
        {
            ["blk.0.ffn_up.weight"] = new([8, 4, 2], [4]),
            ["blk.0.ffn_up_exps.weight"] = new([1, 2, 3, 9, 9, 9], [2, 0]),
        };
        new ImportanceMatrix("made", entries, ["tales.txt"], 12, 512).Save(folder["i.gguf"]);
        var read = ImportanceMatrix.Load(folder["i.gguf"]);
        Assert.Equal((12, 512), (read.ChunkCount, read.ChunkSize));
        Assert.Equal(["tales.txt"], read.Datasets);
        Assert.True(read.TryGet("blk.0.ffn_up.weight", 3, 1, out float[]? means));
        Assert.Equal([2, 1, 0.5f], means);
        Assert.True(read.TryGet("blk.0.ffn_up_exps.weight", 3, 2, out means));
        Assert.Equal([0.5f, 1, 1.5f, 1, 1, 1], means);
        Assert.False(read.TryGet("blk.1.ffn_up.weight", 3, 1, out _));

        using var file = GgufFile.Open(folder["i.gguf"]);
        Assert.Equal("imatrix", file.Metadata.GetString("general.type"));
        Assert.True(file.TryGetTensor("blk.0.ffn_up_exps.weight.in_sum2", out var sums));
        Assert.Equal([3, 2], sums.Dimensions.ToArray());
        Assert.True(file.TryGetTensor("blk.0.ffn_up_exps.weight.counts", out var counts));
        Assert.Equal([1, 2], counts.Dimensions.ToArray());
    }

    [Fact]
    public void The_older_form_holds_means_times_calls()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["i.dat"], Legacy(calls: 4, 8, 4, 2));
        var read = ImportanceMatrix.Load(folder["i.dat"]);
        Assert.True(read.TryGet("w", 3, 1, out float[]? means));
        Assert.Equal([2, 1, 0.5f], means);
        Assert.Equal(7, read.ChunkCount);
        Assert.Equal(["tales.txt"], read.Datasets);
    }

    [Fact]
    public void A_truncated_file_of_the_older_form_is_refused_wherever_it_ends()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Legacy(calls: 4, 8, 4, 2);
        int withoutTail = whole.Length - (sizeof(int) + sizeof(int) + "tales.txt".Length);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["i.dat"], whole[..length]);
            if (length != withoutTail)
                Assert.Throws<InvalidModelException>(() => ImportanceMatrix.Load(folder["i.dat"]));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void What_is_no_sum_of_squares_is_refused(float value)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["i.dat"], Legacy(1, value));
        Assert.Throws<InvalidModelException>(() => ImportanceMatrix.Load(folder["i.dat"]));
        new ImportanceMatrix("m", new Dictionary<string, ImportanceEntry> { ["w"] = new([value], [1]) }, [], 1, 1).Save(folder["i.gguf"]);
        Assert.Throws<InvalidModelException>(() => ImportanceMatrix.Load(folder["i.gguf"]));
    }

    [Fact]
    public void A_model_is_no_importance_matrix()
    {
        using var folder = new TemporaryFolder();
        new GgufWriter(new GgufMetadataBuilder("m") { ["general.architecture"] = "llama" }.Build()).Write(folder["m.gguf"]);
        var refusal = Assert.Throws<InvalidModelException>(() => ImportanceMatrix.Load(folder["m.gguf"]));
        Assert.Contains("is no importance matrix", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Legacy(int calls, params float[] values)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(1);
        writer.Write(1);
        writer.Write("w"u8);
        writer.Write(calls);
        writer.Write(values.Length);
        foreach (float value in values)
            writer.Write(value);
        writer.Write(7);
        writer.Write("tales.txt".Length);
        writer.Write("tales.txt"u8);
        return stream.ToArray();
    }
}
