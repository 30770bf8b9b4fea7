using System.Text.RegularExpressions;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Quantization;

/// <summary>What a file is quantised to.</summary>
/// <param name="Kind">The kind of file.</param>
public sealed record QuantizationOptions(FileKind Kind)
{
    /// <summary>How much columns matter; null where that is not known.</summary>
    public ImportanceMatrix? Importance { get; init; }

    /// <summary>Whether every matrix gets the kind's main type.</summary>
    public bool Pure { get; init; }

    /// <summary>The type of the output matrix; null for the kind's choice.</summary>
    public WeightType? OutputType { get; init; }

    /// <summary>The type of the token embedding; null for the kind's choice.</summary>
    public WeightType? EmbeddingType { get; init; }

    /// <summary>Types of tensors whose names match; the last match counts.</summary>
    public IReadOnlyList<(Regex Pattern, WeightType Type)> TensorTypes { get; init; } = [];

    /// <summary>Whether the output matrix stays as it is.</summary>
    public bool KeepOutput { get; init; }

    /// <summary>Whether what is quantised already may be quantised again, which loses more than quantising the original.</summary>
    public bool AllowRequantize { get; init; }
}
