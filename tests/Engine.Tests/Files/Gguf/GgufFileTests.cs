using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.Gguf;

public sealed class GgufFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly byte[] bytes = new GgufContent(
        new GgufMetadataBuilder("a") { ["names"] = GgufValue.ArrayOf(["x"]) }.Build(),
        [new TensorContent("w", WeightType.I8, [3, 2], [1, 2, 3, 4, 5, 6])]).ToBytes();

    public void Dispose() => folder.Dispose();

    [Fact]
    public unsafe void A_tensor_is_found_by_name_and_its_bytes_by_address()
    {
        File.WriteAllBytes(folder["a.gguf"], bytes);
        using var file = GgufFile.Open(folder["a.gguf"]);

        Assert.Equal(folder["a.gguf"], file.Name);
        Assert.False(file.TryGetTensor("v", out _));
        Assert.True(file.TryGetTensor("w", out var tensor));
        Assert.Equal("w [3, 2] I8", tensor.ToString());
        Assert.Equal(6, tensor.ElementCount);
        Assert.Equal([1, 2, 3, 4, 5, 6], new ReadOnlySpan<byte>((void*)tensor.Address, (int)tensor.ByteLength).ToArray());
        Assert.Equal([3, 4], tensor.Slice(2, 2).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Slice(5, 2).Length);

        tensor.Prefetch();
        tensor.Release();
        Assert.Equal([1, 2, 3, 4, 5, 6], tensor.Bytes.ToArray());
    }

    [Fact]
    public unsafe void A_file_in_memory_is_read_without_a_copy()
    {
        fixed (byte* start = bytes)
        {
            using var file = GgufFile.FromMemory("embedded", new UnmanagedMemoryStream(start, bytes.Length));

            Assert.Equal("embedded", file.Name);
            Assert.Equal((nint)start + (nint)file.Tensors[0].Offset, file.Tensors[0].Address);
        }
    }

    [Fact]
    public void A_disposed_file_gives_no_bytes_and_no_strings()
    {
        File.WriteAllBytes(folder["a.gguf"], bytes);
        var file = GgufFile.Open(folder["a.gguf"]);
        var names = file.Metadata.GetStringArray("names");
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Tensors[0].Address);
        Assert.Throws<ObjectDisposedException>(() => file.Tensors[0].Bytes.Length);
        Assert.Throws<ObjectDisposedException>(() => names[0]);
    }
}
