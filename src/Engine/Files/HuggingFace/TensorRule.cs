namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// Where the tensors <c>Target.weight</c> and, if the folder has it, <c>Target.bias</c> come from; or, where the target has its ending
/// itself, where that tensor comes from. In both names <c>{l}</c> stands for the layer and <c>{e}</c> for the expert, whose matrices are
/// stacked.
/// </summary>
/// <param name="Target">GGUF's name, without its ending for both weight and bias.</param>
/// <param name="Source">
/// The folder's name, with an ending where the target has one and without the family's prefix, which a leading slash says it does not have;
/// alternatives are separated by bars, and tensors that are stacked by plus signs.
/// </param>
/// <param name="Change">What is done to it; null for nothing.</param>
/// <param name="IsOptional">Whether it may be missing.</param>
internal sealed record TensorRule(string Target, string Source, TensorChange? Change = null, bool IsOptional = false)
{
    /// <summary>Whether there is one for each layer.</summary>
    public bool IsPerLayer => Target.Contains("{l}", StringComparison.Ordinal);

    /// <summary>Whether the experts' matrices are stacked.</summary>
    public bool IsPerExpert => Source.Contains("{e}", StringComparison.Ordinal);

    /// <summary>Whether the names are whole.</summary>
    public bool IsWhole { get; init; }
        = Target.EndsWith(".weight", StringComparison.Ordinal) || Target.EndsWith(".bias", StringComparison.Ordinal);

    /// <summary>Which layers have it; null for all.</summary>
    public Func<ModelConfig, int, bool>? OnLayers { get; init; }

    /// <summary>The rule for folders that have the tensor in another form; null where there is one form.</summary>
    public TensorRule? Otherwise { get; init; }

    /// <summary>The same rules for some layers alone.</summary>
    public static IEnumerable<TensorRule> On(Func<ModelConfig, int, bool> layers, params IEnumerable<TensorRule> rules)
        => rules.Select(rule => rule with { OnLayers = layers });
}
