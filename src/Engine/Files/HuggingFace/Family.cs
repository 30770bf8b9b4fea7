namespace Hearth.Engine.Files.HuggingFace;

/// <summary>How the folders of a model family are read: one table of keys and one of tensors.</summary>
/// <param name="Architecture">GGUF's name of the family.</param>
/// <param name="ModelTypes">Values of <c>model_type</c> that mean it.</param>
/// <param name="Prefixes">What tensor names begin with; the first that fits the embedding is used.</param>
/// <param name="Keys">Hyper-parameters.</param>
/// <param name="Tensors">Tensors; the first is the token embedding.</param>
internal sealed record Family(
    string Architecture,
    IReadOnlyList<string> ModelTypes,
    IReadOnlyList<string> Prefixes,
    IReadOnlyList<KeyRule> Keys,
    IReadOnlyList<TensorRule> Tensors)
{
    /// <summary>Reads what this family has no place for, so that a folder is refused rather than computed wrongly.</summary>
    public Action<ModelConfig> Check { get; init; } = _ => { };

    /// <summary>What names of tensors begin with that this family's text part does without.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];
}
