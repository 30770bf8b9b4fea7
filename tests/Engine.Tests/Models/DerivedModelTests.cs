using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tests.Files;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Models;

/// <summary>Tests of models that are golden ones with other keys or tensors.</summary>
public abstract class DerivedModelTests : IDisposable
{
    protected static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];

    private readonly TemporaryFolder folder = new();
    private int files;

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>So many layers, all like the first.</summary>
    protected static void Repeat(GgufMetadataBuilder keys, List<Content> tensors, string family, int count)
    {
        const string first = "blk.0.";
        keys[$"{family}.block_count"] = count;
        tensors.RemoveAll(tensor => tensor.Name.StartsWith("blk.", StringComparison.Ordinal) && !tensor.Name.StartsWith(first, StringComparison.Ordinal));
        var layer = tensors.Where(tensor => tensor.Name.StartsWith(first, StringComparison.Ordinal)).ToArray();
        for (int i = 1; i < count; i++)
            tensors.AddRange(layer.Select(tensor => tensor with { Name = $"blk.{i}." + tensor.Name[first.Length..] }));
    }

    protected static float[] Logits(string path)
    {
        using var model = new LoadedModel(path);
        return model.Logits(Tokens, 64);
    }

    protected string Derive(string file, Action<GgufMetadataBuilder, List<Content>> change)
    {
        using var source = GgufFile.Open(Path.IsPathRooted(file) ? file : VectorFiles.PathOf(file));
        var keys = new GgufMetadataBuilder(source.Metadata);
        var tensors = source.Tensors.Select(Content.Of).ToList();
        change(keys, tensors);
        var writer = new GgufWriter(keys.Build());
        foreach (var tensor in tensors)
            writer.Add(tensor.Name, WeightType.F32, tensor.Shape, stream => stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan())));
        string path = folder[$"{files++}.gguf"];
        writer.Write(path);
        return path;
    }

    protected sealed record Content(string Name, long[] Shape, float[] Values)
    {
        public static Content Of(GgufTensor tensor)
            => new(tensor.Name, tensor.Dimensions.ToArray(), MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray());

        public static Content Of(string name, long[] shape, Func<int, float> value)
            => new(name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(value)]);
    }
}
