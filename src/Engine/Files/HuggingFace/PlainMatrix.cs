using Hearth.Engine.Files.Safetensors;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>A tensor of F32, F16 or BF16.</summary>
internal sealed class PlainMatrix : FolderMatrix
{
    /// <summary>A tensor.</summary>
    /// <exception cref="InvalidModelException">It is of a type that models are not computed with.</exception>
    public PlainMatrix(SafetensorsTensor tensor)
        : base(
            tensor,
            tensor.Type ?? throw Misfit(tensor, $"is of the type {tensor.TypeName}; F32, F16, BF16 and scaled 8-bit types can be read"),
            tensor.Shape)
    {
    }

    public override SafetensorsTensor? View => Tensor;

    public override void Copy(long row, Span<byte> target) => Tensor.Row(row)[..target.Length].CopyTo(target);
}
