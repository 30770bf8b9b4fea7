using System.Diagnostics.CodeAnalysis;
using Hearth.Kernels.Formats;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>
/// Which tensor gets which type in a file of a given kind, as llama.cpp's quantiser decides for dense models of the Llama family
/// without importance matrix: its file kinds are what people download, and mixes decide what is measured. The codebook kinds below
/// four bits, which need such a matrix, are simplified: only their output matrix has another type.
/// </summary>
internal sealed class TypeMix
{
    /// <summary>The value of <c>general.file_type</c> for a file that no named kind describes.</summary>
    private const int Guessed = 1024;

    private readonly WeightType main;
    private readonly char size;
    private readonly bool pure;

    private TypeMix(string name, WeightType main, char size, bool pure, int fileType)
    {
        Name = name;
        this.main = main;
        this.size = size;
        this.pure = pure;
        FileType = fileType;
    }

    /// <summary>The kinds with several types by design; each other type's name makes a kind of its own.</summary>
    public static IReadOnlyList<TypeMix> Named { get; } =
    [
        new("Q3_K_S", WeightType.Q3_K, 'S', false, 11),
        new("Q3_K_M", WeightType.Q3_K, 'M', false, 12),
        new("Q3_K_L", WeightType.Q3_K, 'L', false, 13),
        new("Q4_K_S", WeightType.Q4_K, 'S', false, 14),
        new("Q4_K_M", WeightType.Q4_K, 'M', false, 15),
        new("Q5_K_S", WeightType.Q5_K, 'S', false, 16),
        new("Q5_K_M", WeightType.Q5_K, 'M', false, 17),
    ];

    /// <summary>The types that weights can have: those that can be encoded, without the two that are for activations.</summary>
    public static IEnumerable<WeightFormat> Formats
        => WeightFormat.All.Where(format => format.Type is not (WeightType.Q8_1 or WeightType.Q8_K));

    /// <summary>As the command line calls it.</summary>
    public string Name { get; }

    /// <summary>The number of the kind in <c>general.file_type</c>.</summary>
    public int FileType { get; }

    /// <summary>Finds a kind by the name of a mix or of a weight type.</summary>
    /// <param name="name">Such as Q4_K_M or Q8_0, in any case.</param>
    /// <param name="pure">Whether every matrix shall have the type, against the quantiser's habits.</param>
    /// <param name="mix">Receives the kind.</param>
    public static bool TryGet(string name, bool pure, [NotNullWhen(true)] out TypeMix? mix)
    {
        mix = Named.FirstOrDefault(mix => mix.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        var format = Formats.FirstOrDefault(format => format.Type.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));
        if (mix is not null && pure)
            mix = new TypeMix(mix.Name, mix.main, mix.size, true, Guessed);
        else if (format is not null)
            mix = new TypeMix(format.Type.ToString(), format.Type, '\0', pure, pure ? Guessed : FileTypeOf(format.Type));
        return mix is not null;
    }

    /// <summary>The type of a matrix.</summary>
    /// <param name="role">What the matrix is for.</param>
    /// <param name="layer">The block it belongs to.</param>
    /// <param name="shape">The model.</param>
    /// <param name="rowLength">Weights of one row, which have to divide into blocks.</param>
    public WeightType TypeOf(TensorRole role, int layer, ModelShape shape, int rowLength)
    {
        if (main is WeightType.F32 or WeightType.F16 or WeightType.BF16)
            return main;

        var isOutput = role == TensorRole.Output || (role == TensorRole.Embedding && shape.Tied);
        var wanted = pure ? main
            : isOutput ? (main == WeightType.Q8_0 || rowLength % 256 != 0 ? WeightType.Q8_0 : WeightType.Q6_K)
            : Preferred(role, layer, shape);
        return FittingType(wanted, rowLength);
    }

    private WeightType Preferred(TensorRole role, int layer, ModelShape shape) => (main, size, role) switch
    {
        (WeightType.Q2_K, _, TensorRole.AttentionValue) => shape.Heads / shape.KvHeads >= 4 ? WeightType.Q4_K : WeightType.Q3_K,
        (WeightType.Q2_K, _, TensorRole.AttentionOutput or TensorRole.Down) => WeightType.Q3_K,
        (WeightType.Q3_K, 'M', TensorRole.AttentionValue) => layer < 2 ? WeightType.Q5_K : WeightType.Q4_K,
        (WeightType.Q3_K, 'M', TensorRole.Down) => layer < shape.Layers / 16 ? WeightType.Q5_K : WeightType.Q4_K,
        (WeightType.Q3_K, 'M', TensorRole.AttentionOutput) => WeightType.Q4_K,
        (WeightType.Q3_K, 'L', TensorRole.AttentionValue or TensorRole.Down or TensorRole.AttentionOutput) => WeightType.Q5_K,
        (WeightType.Q4_K, 'S', TensorRole.AttentionValue) => layer < 4 ? WeightType.Q5_K : main,
        (WeightType.Q4_K, 'S', TensorRole.Down) => layer < shape.Layers / 8 ? WeightType.Q5_K : main,
        (WeightType.Q4_K or WeightType.Q5_K, 'M', TensorRole.AttentionValue or TensorRole.Down)
            => UsesMoreBits(layer, shape.Layers) ? WeightType.Q6_K : main,
        _ => main,
    };

    /// <summary>The first and the last eighth of the blocks, and every third between.</summary>
    private static bool UsesMoreBits(int layer, int layers)
        => layer < layers / 8 || layer >= 7 * layers / 8 || (layer - (layers / 8)) % 3 == 2;

    /// <summary>Superblocks of 256 that do not divide a row give way to blocks of 32, and these to half floats.</summary>
    private static WeightType FittingType(WeightType wanted, int rowLength)
    {
        if (Fits(wanted, rowLength))
            return wanted;
        var smaller = wanted switch
        {
            WeightType.Q4_K => WeightType.Q5_0,
            WeightType.Q5_K => WeightType.Q5_1,
            WeightType.Q6_K => WeightType.Q8_0,
            WeightType.TQ1_0 or WeightType.TQ2_0 => WeightType.Q4_0,
            _ => WeightType.IQ4_NL,
        };
        return Fits(smaller, rowLength) ? smaller : WeightType.F16;
    }

    private static bool Fits(WeightType type, int rowLength)
        => WeightTypeLayout.TryGet(type, out var layout) && rowLength % layout.BlockWeights == 0;

    private static int FileTypeOf(WeightType type) => type switch
    {
        WeightType.F32 => 0,
        WeightType.F16 => 1,
        WeightType.Q4_0 => 2,
        WeightType.Q4_1 => 3,
        WeightType.Q8_0 => 7,
        WeightType.Q5_0 => 8,
        WeightType.Q5_1 => 9,
        WeightType.Q2_K => 10,
        WeightType.Q3_K => 11,
        WeightType.Q4_K => 14,
        WeightType.Q5_K => 16,
        WeightType.Q6_K => 18,
        WeightType.IQ4_NL => 25,
        WeightType.IQ4_XS => 30,
        WeightType.BF16 => 32,
        WeightType.TQ1_0 => 36,
        WeightType.TQ2_0 => 37,
        _ => Guessed,
    };
}
