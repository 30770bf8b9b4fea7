using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Tests.Files;
using Hearth.Kernels;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Tests.Models;

public sealed class PanelFileTests : IDisposable
{
    private static readonly int[] Tokens = [19, 34, 22, 50, 16, 6, 19, 33];

    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(2);

    private static KernelSet Kernels => KernelSet.Supported[^1];

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("llama-q-q4_k_m.gguf")]
    [InlineData("llama-f16.gguf")]
    [InlineData("gpt-oss-mxfp4-moe.gguf")]
    [InlineData("gemma.gguf")]
    public void A_model_gives_the_same_logits_from_its_panels(string name)
    {
        string path = Copy(name);
        byte[] packed;
        using (var model = new LoadedModel(path, 2, Kernels))
            packed = LoadedModel.Bytes(model.Logits(Tokens, 8));
        Write(path);
        using (var source = GgufFile.Open(path))
        {
            Assert.True(PanelFile.TryOpen(source, out var panels));
            using (panels)
                panels.Verify(source, Kernels, pool);
        }

        foreach (var kernels in KernelSet.Supported)
        {
            using var model = new LoadedModel(path, 2, kernels);
            Assert.True(packed.AsSpan().SequenceEqual(LoadedModel.Bytes(model.Logits(Tokens, 8))), kernels.Rung.ToString());
        }
    }

    [Fact]
    public void Panels_of_another_model_are_left_alone()
    {
        string path = Copy("llama-f16.gguf");
        Write(path);
        byte[] bytes = File.ReadAllBytes(path);
        using (var source = GgufFile.Open(path))
        {
            var last = source.Tensors[^1];
            bytes[last.Offset] ^= 1;
        }

        File.WriteAllBytes(path, bytes);
        using var changed = GgufFile.Open(path);
        Assert.False(PanelFile.TryOpen(changed, out _));
    }

    [Fact]
    public void A_weight_that_differs_is_found()
    {
        string path = Copy("llama-f16.gguf");
        Write(path);
        string panelsPath = PanelFile.PathOf(path);
        byte[] bytes = File.ReadAllBytes(panelsPath);
        using (var file = GgufFile.Open(panelsPath))
            bytes[file.Tensors[1].Offset + 32] ^= 1;
        File.WriteAllBytes(panelsPath, bytes);
        using var source = GgufFile.Open(path);
        Assert.True(PanelFile.TryOpen(source, out var panels));
        using (panels)
        {
            var error = Assert.Throws<InvalidModelException>(() => panels.Verify(source, Kernels, pool));
            Assert.Contains("row 0", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_file_of_panels_is_as_good_as_none()
    {
        string path = Copy("llama-f16.gguf");
        Write(path);
        string panelsPath = PanelFile.PathOf(path);
        File.WriteAllBytes(panelsPath, File.ReadAllBytes(panelsPath)[..^5000]);
        using var source = GgufFile.Open(path);
        Assert.False(PanelFile.TryOpen(source, out _));
    }

    [Fact]
    public void Panels_of_a_wrong_size_are_as_good_as_none_and_found_by_comparing()
    {
        string path = Copy("llama-f16.gguf");
        byte[] expected;
        using (var packed = new LoadedModel(path, 2, Kernels))
            expected = LoadedModel.Bytes(packed.Logits(Tokens, 8));
        Write(path);
        string panelsPath = PanelFile.PathOf(path);
        byte[] bytes = File.ReadAllBytes(panelsPath);
        byte[] name = [.. "blk.0.ffn_up.weight"u8];
        int length = bytes.AsSpan().IndexOf(name) + name.Length + sizeof(uint);
        bytes[length] ^= 1;
        File.WriteAllBytes(panelsPath, bytes);
        using var source = GgufFile.Open(path);
        Assert.True(PanelFile.TryOpen(source, out var panels));
        using (panels)
            Assert.Contains("ffn_up", Assert.Throws<InvalidModelException>(() => panels.Verify(source, Kernels, pool)).Message, StringComparison.Ordinal);
        using var model = new LoadedModel(path, 2, Kernels);
        Assert.Equal(expected, LoadedModel.Bytes(model.Logits(Tokens, 8)));
    }

    [Fact]
    public void Comparing_tells_how_far_it_is_and_can_be_stopped()
    {
        string path = Copy("llama-f16.gguf");
        Write(path);
        using var source = GgufFile.Open(path);
        Assert.True(PanelFile.TryOpen(source, out var panels));
        using (panels)
        {
            var seen = new Seen();
            panels.Verify(source, Kernels, pool, seen, CancellationToken.None);
            Assert.Equal(seen.Values.Order(), seen.Values);
            Assert.Equal(seen.Values[^1], seen.Total);
            Assert.Throws<OperationCanceledException>(() => panels.Verify(source, Kernels, pool, null, new CancellationToken(canceled: true)));
        }
    }

    private sealed class Seen : IProgress<LoadProgress>
    {
        public List<long> Values { get; } = [];

        public long Total { get; private set; }

        public void Report(LoadProgress value)
        {
            Values.Add(value.LoadedBytes);
            Total = value.TotalBytes;
        }
    }

    private string Copy(string name)
    {
        string path = folder[name];
        File.Copy(VectorFiles.PathOf(name), path);
        return path;
    }

    private void Write(string path)
    {
        using var source = GgufFile.Open(path);
        PanelFile.Write(source, Kernels, pool);
    }
}
