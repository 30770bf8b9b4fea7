namespace Hearth.Engine.Templates;

/// <summary>
/// What a template may use. A template comes with a model file, so it is as hostile as the file: each of these bounds turns an
/// endless or exploding template into one <see cref="TemplateException"/>. The defaults leave room for a conversation of a
/// million tokens.
/// </summary>
internal sealed record TemplateLimits
{
    public static TemplateLimits Default { get; } = new();

    /// <summary>Characters of template source.</summary>
    public int SourceCharacters { get; init; } = 1 << 20;

    /// <summary>How deep tags and brackets may be nested in the source.</summary>
    public int Nesting { get; init; } = 150;

    /// <summary>How deep evaluation may recurse: expressions in statements in macros in expressions.</summary>
    public int Depth { get; init; } = 1500;

    /// <summary>
    /// Units of work: an evaluation, a comparison, an item made, 64 characters scanned; costlier work counts for more. About a
    /// second's worth.
    /// </summary>
    public long Steps { get; init; } = 10_000_000;

    /// <summary>Characters of the longest single text, the output included.</summary>
    public long TextCharacters { get; init; } = 1 << 24;

    /// <summary>Characters of all texts made while rendering; bounds memory, because every text could be kept alive.</summary>
    public long TotalCharacters { get; init; } = 1 << 27;
}
