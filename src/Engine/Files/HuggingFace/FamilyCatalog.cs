using Hearth.Engine.Files.HuggingFace.Families;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>The families whose folders can be read.</summary>
internal static class FamilyCatalog
{
    /// <summary>All families.</summary>
    public static IReadOnlyList<Family> All { get; } =
    [
        .. LlamaFamilies.All, .. LlamaVariants.All, .. QwenFamilies.All, .. GemmaFamilies.All, .. LateGemmaFamilies.All, .. NormedFamilies.All, .. GptFamilies.All,
        .. MixtureFamilies.All, .. HybridFamilies.All, .. EncoderFamilies.All,
    ];

    /// <summary>Values of <c>model_type</c>, sorted.</summary>
    public static IReadOnlyList<string> ModelTypes => [.. All.SelectMany(family => family.ModelTypes).Order(StringComparer.Ordinal)];

    /// <summary>Finds the family of a folder.</summary>
    /// <exception cref="InvalidModelException">It is unknown.</exception>
    public static Family Find(ModelConfig config)
    {
        string type = config.ModelType;
        return All.FirstOrDefault(family => family.ModelTypes.Contains(type))
            ?? throw config.Unsupported(
                $"model folders of the type '{type}' are not supported; there are {string.Join(", ", ModelTypes)} (a GGUF file of it may run)");
    }
}
