using System.Diagnostics.CodeAnalysis;
using Hearth.Engine.Quantization;
using Hearth.Kernels.Formats;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>
/// Which tensor gets which type: as the quantiser decides without an importance matrix, because its kinds of file are what people
/// download, and mixes decide what is measured.
/// </summary>
/// <param name="Kind">The kind of file.</param>
/// <param name="IsPure">Whether every matrix has the kind's main type, against the quantiser's habits.</param>
internal sealed record TypeMix(FileKind Kind, bool IsPure)
{
    /// <summary>The types that weights can have: those that can be encoded, without the two that are for activations.</summary>
    public static IEnumerable<WeightFormat> Formats
        => WeightFormat.All.Where(format => format.Type is not (WeightType.Q8_1 or WeightType.Q8_K));

    /// <summary>As the command line calls it.</summary>
    public string Name => Kind.Name;

    /// <summary>The number of the kind in <c>general.file_type</c>.</summary>
    public int FileType => IsPure ? FileKind.Guessed : Kind.Number;

    /// <summary>Finds a mix by the name of a kind of file or of a weight type.</summary>
    /// <param name="name">Such as Q4_K_M or Q8_0, in any case.</param>
    /// <param name="pure">Whether every matrix shall have the type.</param>
    /// <param name="mix">Receives the mix.</param>
    public static bool TryGet(string name, bool pure, [NotNullWhen(true)] out TypeMix? mix)
    {
        if (!FileKind.TryGet(name, out var kind))
        {
            var format = Formats.FirstOrDefault(format => format.Type.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));
            kind = format is null ? null : new FileKind(format.Type.ToString(), format.Type, FileKind.Guessed);
        }

        mix = kind is null ? null : new TypeMix(kind, pure);
        return mix is not null;
    }

    /// <summary>The rules for a model of a shape.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="names">The names of all tensors.</param>
    public TensorTypeRules Rules(ModelShape shape, IEnumerable<string> names)
        => new(Kind, new ModelTraits("llama", shape.Layers, shape.Heads, shape.KvHeads, shape.Experts), names, hasImportance: false, IsPure);
}
