using System.Diagnostics.CodeAnalysis;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Quantization;

/// <summary>
/// A kind of quantised file, such as Q4_K_M: a main type, and rules that give some tensors another one
/// (<see cref="TensorTypeRules"/>).
/// </summary>
/// <param name="Name">As people call it.</param>
/// <param name="MainType">The type of most matrices.</param>
/// <param name="Number">The number of the kind in <c>general.file_type</c>.</param>
/// <remarks>Source: the file types of llama.cpp's quantiser.</remarks>
public sealed record FileKind(string Name, WeightType MainType, int Number)
{
    /// <summary>The value of <c>general.file_type</c> for a file that no kind describes.</summary>
    public const int Guessed = 1024;

    private static readonly (string Alias, string Name)[] Aliases = [("Q3_K", "Q3_K_M"), ("Q4_K", "Q4_K_M"), ("Q5_K", "Q5_K_M")];

    /// <summary>All kinds, in the order of their numbers.</summary>
    public static IReadOnlyList<FileKind> All { get; } =
    [
        new("F32", WeightType.F32, 0),
        new("F16", WeightType.F16, 1),
        new("Q4_0", WeightType.Q4_0, 2),
        new("Q4_1", WeightType.Q4_1, 3),
        new("Q8_0", WeightType.Q8_0, 7),
        new("Q5_0", WeightType.Q5_0, 8),
        new("Q5_1", WeightType.Q5_1, 9),
        new("Q2_K", WeightType.Q2_K, 10),
        new("Q3_K_S", WeightType.Q3_K, 11),
        new("Q3_K_M", WeightType.Q3_K, 12),
        new("Q3_K_L", WeightType.Q3_K, 13),
        new("Q4_K_S", WeightType.Q4_K, 14),
        new("Q4_K_M", WeightType.Q4_K, 15),
        new("Q5_K_S", WeightType.Q5_K, 16),
        new("Q5_K_M", WeightType.Q5_K, 17),
        new("Q6_K", WeightType.Q6_K, 18),
        new("IQ2_XXS", WeightType.IQ2_XXS, 19),
        new("IQ2_XS", WeightType.IQ2_XS, 20),
        new("Q2_K_S", WeightType.Q2_K, 21),
        new("IQ3_XS", WeightType.IQ3_S, 22),
        new("IQ3_XXS", WeightType.IQ3_XXS, 23),
        new("IQ1_S", WeightType.IQ1_S, 24),
        new("IQ4_NL", WeightType.IQ4_NL, 25),
        new("IQ3_S", WeightType.IQ3_S, 26),
        new("IQ3_M", WeightType.IQ3_S, 27),
        new("IQ2_S", WeightType.IQ2_XS, 28),
        new("IQ2_M", WeightType.IQ2_S, 29),
        new("IQ4_XS", WeightType.IQ4_XS, 30),
        new("IQ1_M", WeightType.IQ1_M, 31),
        new("BF16", WeightType.BF16, 32),
        new("TQ1_0", WeightType.TQ1_0, 36),
        new("TQ2_0", WeightType.TQ2_0, 37),
        new("MXFP4_MOE", WeightType.MXFP4, 38),
        new("NVFP4", WeightType.NVFP4, 39),
        new("Q1_0", WeightType.Q1_0, 40),
        new("Q2_0", WeightType.Q2_0, 41),
    ];

    /// <summary>Whether the main type is a float: then all matrices have it.</summary>
    public bool IsFloat => MainType is WeightType.F32 or WeightType.F16 or WeightType.BF16;

    /// <summary>Finds a kind by its name in any case, or by one of the short names Q3_K, Q4_K and Q5_K, which mean the M kinds.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out FileKind? kind)
    {
        foreach (var (alias, full) in Aliases)
        {
            if (alias.Equals(name, StringComparison.OrdinalIgnoreCase))
                name = full;
        }

        kind = All.FirstOrDefault(kind => kind.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return kind is not null;
    }
}
