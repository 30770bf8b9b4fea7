using FsCheck.Xunit;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.Gguf;

[Properties(Arbitrary = [typeof(GgufGenerators)])]
public sealed class GgufWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Property]
    public void What_is_written_is_read_back(GgufContent content)
    {
        File.WriteAllBytes(folder["a.gguf"], content.ToBytes());
        using var file = GgufFile.Open(folder["a.gguf"]);

        Assert.Equal(content.Metadata.Select(pair => pair.Key), file.Metadata.Select(pair => pair.Key));
        foreach (var (key, expected) in content.Metadata)
        {
            Assert.True(file.Metadata.TryGetValue(key, out var value));
            Assert.Equal((expected.Type, expected.ElementType, expected.Count), (value.Type, value.ElementType, value.Count));
            Assert.Equal((expected.Bits, expected.Text), (value.Bits, value.Text));
            if (expected.Strings is { } strings)
                Assert.Equal(strings, value.Strings!);
            else if (expected.IsArray)
                Assert.Equal(expected.ElementBytes, value.ElementBytes);
        }

        var alignment = file.Metadata.GetUInt32("general.alignment", 32);
        Assert.Equal(content.Tensors.Length, file.Tensors.Count);
        foreach (var (expected, tensor) in content.Tensors.Zip(file.Tensors))
        {
            Assert.Equal((expected.Name, expected.Type), (tensor.Name, tensor.Type));
            Assert.Equal(expected.Dimensions, tensor.Dimensions);
            Assert.Equal(expected.Bytes, tensor.Bytes);
            Assert.Equal(0, tensor.Offset % alignment);
        }
    }

    [Property]
    public void A_file_that_is_copied_through_the_reader_has_the_same_bytes(GgufContent content)
    {
        var bytes = content.ToBytes();
        File.WriteAllBytes(folder["a.gguf"], bytes);
        using var file = GgufFile.Open(folder["a.gguf"]);

        var writer = new GgufWriter(file.Metadata);
        foreach (var tensor in file.Tensors)
            writer.Add(tensor);
        writer.Write(folder["b.gguf"]);

        Assert.Equal(bytes, File.ReadAllBytes(folder["b.gguf"]));
    }

    [Fact]
    public void A_large_tensor_is_copied_whole()
    {
        var bytes = new byte[3_000_000];
        new Random(4).NextBytes(bytes);
        var writer = new GgufWriter(new GgufMetadataBuilder("a").Build());
        writer.Add("w", WeightType.I8, [bytes.Length], stream => stream.Write(bytes));
        writer.Write(folder["a.gguf"]);

        using var file = GgufFile.Open(folder["a.gguf"]);
        var copier = new GgufWriter(file.Metadata);
        copier.Add(file.Tensors[0]);
        copier.Write(folder["b.gguf"]);

        using var copy = GgufFile.Open(folder["b.gguf"]);
        Assert.Equal(bytes, copy.Tensors[0].Bytes);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    public void Content_of_another_length_than_announced_is_refused_and_leaves_no_file(int length)
    {
        var writer = new GgufWriter(new GgufMetadataBuilder("a").Build());
        writer.Add("w", WeightType.F32, [4], stream => stream.Write(new byte[length]));

        Assert.Throws<InvalidOperationException>(() => writer.Write(folder["a.gguf"]));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void Tensors_that_no_reader_would_take_are_refused()
    {
        var writer = new GgufWriter(new GgufMetadataBuilder("a").Build());
        static void Nothing(Stream stream)
        {
        }

        writer.Add("w", WeightType.F32, [4], Nothing);
        Assert.Throws<ArgumentException>(() => writer.Add("w", WeightType.F32, [4], Nothing));
        Assert.Throws<ArgumentException>(() => writer.Add(new string('n', 64), WeightType.F32, [4], Nothing));
        Assert.Throws<ArgumentException>(() => writer.Add("a", WeightType.Q4_0, [33], Nothing));
        Assert.Throws<ArgumentException>(() => writer.Add("a", WeightType.Q4_0, [], Nothing));
        Assert.Throws<ArgumentException>(() => writer.Add("a", (WeightType)4, [32], Nothing));
        Assert.Throws<ArgumentException>(() => writer.Add("a", WeightType.F32, [1, 1, 1, 1, 1], Nothing));
        Assert.Throws<ArgumentException>(() => writer.Add("a", WeightType.F32, [-1], Nothing));
        Assert.Throws<ArgumentException>(() => writer.Add("a", WeightType.F32, [1L << 61, 2], Nothing));
    }

    [Fact]
    public void An_alignment_that_no_reader_would_take_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new GgufWriter(new GgufMetadataBuilder("a") { ["general.alignment"] = 48u }.Build()));
        Assert.Throws<ArgumentException>(() => new GgufWriter(new GgufMetadataBuilder("a") { ["general.alignment"] = 0u }.Build()));
        Assert.Throws<ArgumentException>(() => new GgufWriter(new GgufMetadataBuilder("a") { ["general.alignment"] = 32 }.Build()));
    }
}
