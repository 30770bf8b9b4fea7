using Hearth.Engine.Files.Safetensors;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>A tensor of a folder as rows of a type that models are computed with.</summary>
internal abstract class FolderMatrix
{
    /// <summary>A tensor.</summary>
    /// <param name="tensor">The tensor, which messages name.</param>
    /// <param name="type">The type of the rows.</param>
    /// <param name="shape">Sizes, the length of a row in values last.</param>
    protected FolderMatrix(SafetensorsTensor tensor, WeightType type, long[] shape)
    {
        Tensor = tensor;
        Type = type;
        Shape = shape;
    }

    /// <summary>The tensor, for messages.</summary>
    public SafetensorsTensor Tensor { get; }

    /// <summary>The type of the rows.</summary>
    public WeightType Type { get; }

    /// <summary>Sizes, rows first and the length of a row last.</summary>
    public long[] Shape { get; }

    /// <summary>Where the rows lie in the file one after another as they are; null where they must be made.</summary>
    public virtual SafetensorsTensor? View => null;

    /// <summary>Copies a run of values of a row.</summary>
    /// <param name="row">The row, of all dimensions but the last together.</param>
    /// <param name="target">Receives the values from the row's beginning.</param>
    public abstract void Copy(long row, Span<byte> target);

    /// <summary>What is wrong with the tensor.</summary>
    public InvalidModelException Misfit(string fact) => Misfit(Tensor, fact);

    /// <summary>What is wrong with a tensor.</summary>
    public static InvalidModelException Misfit(SafetensorsTensor tensor, string fact)
        => new($"{tensor.Map.Name}: the tensor {tensor.Name} [{string.Join(", ", tensor.Shape)}] {fact}.");
}
