using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Tests.Files.Gguf;

/// <summary>What goes into a file.</summary>
public sealed record GgufContent(GgufMetadata Metadata, TensorContent[] Tensors)
{
    public byte[] ToBytes()
    {
        var writer = new GgufWriter(Metadata);
        foreach (var tensor in Tensors)
            writer.Add(tensor.Name, tensor.Type, tensor.Dimensions, stream => stream.Write(tensor.Bytes));
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    public override string ToString()
        => $"{string.Join("; ", Metadata.Select(p => $"{p.Key} = {p.Value}"))} | {string.Join("; ", Tensors.AsEnumerable())}";
}
