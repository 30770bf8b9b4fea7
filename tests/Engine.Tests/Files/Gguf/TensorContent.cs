using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.Gguf;

/// <summary>A tensor to be written.</summary>
public sealed record TensorContent(string Name, WeightType Type, long[] Dimensions, byte[] Bytes)
{
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Dimensions)}]";
}
