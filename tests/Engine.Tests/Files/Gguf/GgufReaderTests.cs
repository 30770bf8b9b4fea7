using System.Buffers.Binary;
using System.Text;
using FsCheck.Xunit;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.Gguf;

[Properties(Arbitrary = [typeof(GgufGenerators)])]
public sealed class GgufReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Property(MaxTest = 300)]
    public void A_damaged_file_is_read_or_refused_and_allocates_no_more_than_it_justifies(GgufContent content, int seed)
    {
        var random = new Random(seed);
        var bytes = content.ToBytes();
        for (var flips = random.Next(1, 5); flips > 0; flips--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

        ReadOrRefuse(bytes);
    }

    [Property]
    public void A_file_that_ends_early_is_read_or_refused(GgufContent content, int seed)
    {
        var bytes = content.ToBytes();
        ReadOrRefuse(bytes[..new Random(seed).Next(bytes.Length)]);
    }

    [Property(MaxTest = 300)]
    public void Lengths_counts_and_offsets_of_any_size_are_read_or_refused(GgufContent content, int seed)
    {
        var random = new Random(seed);
        var bytes = content.ToBytes();
        long[] hostile =
            [0, 1, 4, 32, 255, 1 << 20, int.MaxValue, uint.MaxValue, 1L << 40, 1L << 61, 1L << 62, long.MaxValue, long.MinValue, -1];
        var at = random.Next(bytes.Length - sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), hostile[random.Next(hostile.Length)]);

        ReadOrRefuse(bytes);
    }

    [Fact]
    public void Every_truncation_of_a_file_inside_its_header_is_refused()
    {
        var metadata = new GgufMetadataBuilder("a")
        {
            ["general.architecture"] = "llama",
            ["tokens"] = GgufValue.ArrayOf(["a", "bc", ""]),
            ["ids"] = GgufValue.ArrayOf<int>([1, 2, 3]),
        }.Build();
        var bytes = new GgufContent(metadata, [new TensorContent("w", WeightType.F32, [2, 2], new byte[16])]).ToBytes();
        for (var length = 0; length < bytes.Length - 16; length++)
            Assert.Throws<InvalidModelException>(() => Read(bytes.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("Once upon a time", "begins with 4F6E6365")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0", "git lfs pull")]
    [InlineData("PK\u0003\u0004 and so on", "zip archive")]
    [InlineData("tjgg\u0003\0\0\0", "older GGML")]
    [InlineData("\u0040\0\0\0\0\0\0\0{\"__metadata__\":", "safetensors")]
    [InlineData("FUGG\0\0\0\u0003", "big-endian")]
    public void A_file_of_another_kind_is_called_by_its_name(string text, string fact)
        => Assert.Contains(fact, RefusalOf(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void Tensors_out_of_order_and_with_gaps_are_read()
    {
        var content = new GgufContent(
            new GgufMetadataBuilder("a").Build(),
            [new TensorContent("x", WeightType.F32, [1], [1, 2, 3, 4]), new TensorContent("y", WeightType.F32, [1], [5, 6, 7, 8])]);
        var bytes = content.ToBytes();
        var dataStart = bytes.Length - 64;
        PatchOffset(bytes, "x", 32);
        PatchOffset(bytes, "y", 0);

        File.WriteAllBytes(folder["a.gguf"], bytes);
        using var file = GgufFile.Open(folder["a.gguf"]);

        Assert.True(file.TryGetTensor("x", out var x));
        Assert.Equal(dataStart + 32, x.Offset);
        Assert.Equal([5, 6, 7, 8], x.Bytes.ToArray());
    }

    [Fact]
    public void Tensors_that_share_one_byte_are_refused()
    {
        var content = new GgufContent(
            new GgufMetadataBuilder("a") { ["general.alignment"] = 1u }.Build(),
            [new TensorContent("x", WeightType.F32, [2], new byte[8]), new TensorContent("y", WeightType.F32, [1], new byte[4])]);
        var bytes = content.ToBytes();
        PatchOffset(bytes, "y", 7);

        Assert.Contains("'x' and 'y' overlap", RefusalOf(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Opening_a_large_vocabulary_decodes_no_string()
    {
        var tokens = Enumerable.Range(0, 100_000).Select(i => $"token number {i}").ToArray();
        new GgufWriter(new GgufMetadataBuilder("a") { ["tokens"] = GgufValue.ArrayOf(tokens) }.Build()).Write(folder["a.gguf"]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        using var file = GgufFile.Open(folder["a.gguf"]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);

        var read = file.Metadata.GetStringArray("tokens");
        Assert.Equal(tokens.Length, read.Count);
        Assert.Equal("token number 99999", read[99_999]);
        Assert.Equal("token number 7"u8, read.Utf8(7));
        Assert.Equal(tokens, read);
        Assert.Equal(tokens, read.ToArray());
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Read(bytes);
        }
        catch (InvalidModelException)
        {
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000 + (40 * bytes.Length));
    }

    private static string RefusalOf(byte[] bytes) => Assert.Throws<InvalidModelException>(() => Read(bytes)).Message;

    /// <summary>Opens a file and touches all that it has.</summary>
    private static unsafe void Read(ReadOnlySpan<byte> bytes)
    {
        // An exact allocation: a read past the end would leave it.
        fixed (byte* start = bytes.ToArray())
        {
            using var file = GgufFile.FromMemory("memory", (nint)start, bytes.Length);
            foreach (var (_, value) in file.Metadata)
            {
                Assert.NotNull(value.ToString());
                foreach (var text in value.Strings?.ToArray() ?? [])
                    Assert.NotNull(text);
            }

            foreach (var tensor in file.Tensors)
                Assert.Equal(tensor.ByteLength, tensor.Bytes.ToArray().Length);
        }
    }

    /// <summary>Overwrites the offset of a one-dimensional tensor with a name of one letter.</summary>
    private static void PatchOffset(byte[] bytes, string name, long offset)
    {
        byte[] record = [1, 0, 0, 0, 0, 0, 0, 0, (byte)name[0], 1, 0, 0, 0];
        var at = bytes.AsSpan().IndexOf(record) + record.Length + sizeof(long) + sizeof(uint);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), offset);
    }
}
