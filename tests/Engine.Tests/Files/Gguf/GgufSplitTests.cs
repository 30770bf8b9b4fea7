using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.Gguf;

public sealed class GgufSplitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public GgufSplitTests()
    {
        Write("m-00001-of-00003.gguf", 0, new TensorContent("a", WeightType.I8, [4], [1, 2, 3, 4]));
        Write("m-00002-of-00003.gguf", 1);
        Write(
            "m-00003-of-00003.gguf",
            2,
            new TensorContent("b", WeightType.I8, [2], [5, 6]),
            new TensorContent("c", WeightType.I8, [1], [7]));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("m-00001-of-00003.gguf")]
    [InlineData("m-00002-of-00003.gguf")]
    [InlineData("m-00003-of-00003.gguf")]
    public void Any_part_opens_the_whole_model(string part)
    {
        using var file = GgufFile.Open(folder[part]);

        Assert.Equal(folder["m-00001-of-00003.gguf"], file.Name);
        Assert.Equal(["a", "b", "c"], file.Tensors.Select(tensor => tensor.Name));
        Assert.True(file.TryGetTensor("b", out var b));
        Assert.Equal([5, 6], b.Bytes.ToArray());
        Assert.Equal(["general.architecture"], file.Metadata.Select(pair => pair.Key));
        Assert.Equal(folder.Files.Sum(name => new FileInfo(folder[name]).Length), file.ByteLength);
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        File.Delete(folder["m-00002-of-00003.gguf"]);

        Assert.Contains($"part 2 of 3 is missing; it should be at {folder["m-00002-of-00003.gguf"]}", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_under_another_name_is_refused_because_the_others_cannot_be_found()
    {
        File.Move(folder["m-00001-of-00003.gguf"], folder["renamed.gguf"]);

        Assert.Contains("-00001-of-00003.gguf", Refusal("renamed.gguf"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_another_number_than_its_name_says_is_refused()
    {
        Write("m-00002-of-00003.gguf", 2);

        Assert.Contains("part 3 of 3, but by its name it is part 2 of 3", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_parts_is_refused()
    {
        Write("m-00002-of-00003.gguf", 1, new TensorContent("a", WeightType.I8, [4], [1, 2, 3, 4]));

        Assert.Contains("'a' is also in an earlier part", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_with_another_number_of_tensors_than_announced_are_refused()
    {
        Write("m-00002-of-00003.gguf", 1, new TensorContent("d", WeightType.I8, [1], [8]));

        Assert.Contains("should have 3 tensors, but its parts have 4", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_in_memory_is_refused()
    {
        var pinned = File.ReadAllBytes(folder["m-00001-of-00003.gguf"]);
        Assert.Throws<InvalidModelException>(() => OpenInMemory(pinned).Dispose());
    }

    [Fact]
    public void A_model_in_one_part_keeps_the_name_it_has()
    {
        var metadata = new GgufMetadataBuilder("one") { ["split.count"] = (ushort)1 }.Build();
        File.WriteAllBytes(folder["one.gguf"], new GgufContent(metadata, []).ToBytes());

        using var file = GgufFile.Open(folder["one.gguf"]);
        Assert.Empty(file.Tensors);
    }

    private static unsafe GgufFile OpenInMemory(byte[] bytes)
    {
        fixed (byte* start = bytes)
            return GgufFile.FromMemory("memory", new UnmanagedMemoryStream(start, bytes.Length));
    }

    private string Refusal(string name = "m-00001-of-00003.gguf")
        => Assert.Throws<InvalidModelException>(() => GgufFile.Open(folder[name]).Dispose()).Message;

    private void Write(string name, ushort number, params TensorContent[] tensors)
    {
        var builder = new GgufMetadataBuilder(name);
        if (number == 0)
            builder["general.architecture"] = "llama";
        builder["split.no"] = number;
        builder["split.count"] = (ushort)3;
        builder["split.tensors.count"] = 3;
        File.WriteAllBytes(folder[name], new GgufContent(builder.Build(), tensors).ToBytes());
    }
}
