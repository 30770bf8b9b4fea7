namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// Where the tensors <c>Target.weight</c> and, if the folder has it, <c>Target.bias</c> come from. In both names <c>{l}</c> stands for
/// the layer and <c>{e}</c> for the expert, whose matrices are stacked.
/// </summary>
/// <param name="Target">GGUF's name without its ending.</param>
/// <param name="Source">
/// The folder's name without its ending and without the family's prefix, which a leading slash says it does not have; alternatives
/// are separated by bars.
/// </param>
/// <param name="Change">What is done to it.</param>
/// <param name="IsOptional">Whether it may be missing.</param>
internal sealed record TensorRule(string Target, string Source, TensorChange Change = TensorChange.None, bool IsOptional = false)
{
    /// <summary>Whether there is one for each layer.</summary>
    public bool IsPerLayer => Target.Contains("{l}", StringComparison.Ordinal);

    /// <summary>Whether the experts' matrices are stacked.</summary>
    public bool IsPerExpert => Source.Contains("{e}", StringComparison.Ordinal);
}
