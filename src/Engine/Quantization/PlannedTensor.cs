using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Quantization;

/// <summary>A tensor and what becomes of it.</summary>
/// <param name="Source">The original.</param>
/// <param name="Type">Its new type.</param>
/// <param name="Wanted">The type that it would have if its rows divided into blocks; otherwise <paramref name="Type"/>.</param>
public sealed record PlannedTensor(GgufTensor Source, WeightType Type, WeightType Wanted)
{
    /// <summary>Whether its bytes stay as they are.</summary>
    public bool IsKept => Type == Source.Type;

    /// <summary>Whether its type is not the wanted one, because its rows do not divide into blocks of that.</summary>
    public bool IsFallback => Type != Wanted;

    /// <summary>Whether its type needs an importance matrix and there is none for it: then it cannot be written.</summary>
    public bool LacksImportance { get; init; }

    /// <summary>Weights of a row.</summary>
    public long Columns => Source.Dimensions.IsEmpty ? 1 : Source.Dimensions[0];

    /// <summary>Matrices: one an expert in a tensor of experts, else one.</summary>
    public long Matrices => Source.Dimensions.Length > 2 ? Source.Dimensions[2] : 1;

    /// <summary>Bytes of the new tensor.</summary>
    public long Bytes => IsKept ? Source.ByteLength : FormatOf(Type).RowBytes(Source.ElementCount);

    /// <summary>The codec of a type that plans contain.</summary>
    internal static WeightFormat FormatOf(WeightType type)
        => WeightFormat.TryGet(type, out var format) ? format : throw new NotSupportedException($"{type} has no codec.");
}
