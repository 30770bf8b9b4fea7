using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>Where a hyper-parameter comes from.</summary>
/// <param name="Target">GGUF's key without the architecture.</param>
/// <param name="Read">Its value in a folder's configuration; null where it has none.</param>
internal sealed record KeyRule(string Target, Func<ModelConfig, GgufValue?> Read)
{
    /// <summary>A whole number that must be there.</summary>
    public static KeyRule Int(string target, string names) => new(target, config => (uint)config.RequiredInt(names));

    /// <summary>A whole number that may be missing.</summary>
    public static KeyRule OptionalInt(string target, string names) => new(target, config => config.Int(names) is { } value ? (uint)value : null);

    /// <summary>A number that must be there.</summary>
    public static KeyRule Number(string target, string names) => new(target, config => (float)config.RequiredNumber(names));

    /// <summary>A number that may be missing.</summary>
    public static KeyRule OptionalNumber(string target, string names)
        => new(target, config => config.Number(names) is { } value ? (float)value : null);

    /// <summary>A number that has a default.</summary>
    public static KeyRule Number(string target, string names, double fallback)
        => new(target, config => (float)(config.Number(names) ?? fallback));
}
