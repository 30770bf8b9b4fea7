using System.Diagnostics.CodeAnalysis;

namespace Hearth.Kernels.Formats;

/// <summary>The catalog of block types: what a reader, a converter or a test needs to know of one without knowing it by name.</summary>
public sealed class WeightFormat
{
    /// <summary>Every block type that can be decoded, in the order of their numbers in files.</summary>
    public static IReadOnlyList<WeightFormat> All { get; } =
    [
        Of<F32>(),
        Of<F16>(),
        Of<Q4_0>(),
        Of<Q4_1>(),
        Of<Q5_0>(),
        Of<Q5_1>(),
        Of<Q8_0>(),
        Of<Q8_1>(),
        Of<Q2_K>(),
        Of<Q3_K>(),
        Of<Q4_K>(),
        Of<Q5_K>(),
        Of<Q6_K>(),
        Of<Q8_K>(),
        Of<IQ2_XXS>(),
        Of<IQ2_XS>(),
        Of<IQ3_XXS>(),
        Of<IQ1_S>(),
        Of<IQ4_NL>(),
        Of<IQ3_S>(),
        Of<IQ2_S>(),
        Of<IQ4_XS>(),
        Of<IQ1_M>(),
        Of<BF16>(),
        Of<TQ1_0>(),
        Of<TQ2_0>(),
        Of<MXFP4>(),
        Of<NVFP4>(),
        Of<Q1_0>(),
        Of<Q2_0>(),
    ];

    private static readonly Dictionary<WeightType, WeightFormat> ByType = All.ToDictionary(format => format.Type);

    private readonly DecodeBlocks decode;
    private readonly EncodeBlocks encode;

    private WeightFormat(WeightType type, int blockWeights, int blockBytes, DecodeBlocks decode, EncodeBlocks encode)
    {
        Type = type;
        BlockWeights = blockWeights;
        BlockBytes = blockBytes;
        this.decode = decode;
        this.encode = encode;
    }

    private delegate void DecodeBlocks(ReadOnlySpan<byte> blocks, Span<float> weights);

    private delegate void EncodeBlocks(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks);

    /// <summary>The type's number in files.</summary>
    public WeightType Type { get; }

    /// <summary>Weights in one block.</summary>
    public int BlockWeights { get; }

    /// <summary>Bytes of one block.</summary>
    public int BlockBytes { get; }

    /// <summary>Finds a block type by its number.</summary>
    public static bool TryGet(WeightType type, [NotNullWhen(true)] out WeightFormat? format) => ByType.TryGetValue(type, out format);

    /// <summary>Finds a block type by its name in any case, such as Q4_K or q4_K.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out WeightFormat? format)
    {
        format = All.FirstOrDefault(format => format.Type.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));
        return format is not null;
    }

    /// <summary>
    /// Whether the type is not encoded without the importance of the columns: so few bits lose what matters otherwise.
    /// </summary>
    public bool NeedsImportance => Type is WeightType.IQ1_S or WeightType.IQ2_XXS or WeightType.IQ2_XS;

    /// <summary>Bytes of a row of <paramref name="weights"/> values.</summary>
    /// <exception cref="ArgumentException">The row does not divide into blocks.</exception>
    /// <exception cref="OverflowException">The row has more bytes than a <see cref="long"/> counts.</exception>
    public long RowBytes(long weights)
    {
        if (weights < 0 || weights % BlockWeights != 0)
        {
            throw new ArgumentException(
                $"A row of {weights} weights does not divide into {Type} blocks of {BlockWeights}.", nameof(weights));
        }

        return checked(weights / BlockWeights * BlockBytes);
    }

    /// <summary>Decodes whole blocks exactly; see <see cref="IWeightFormat.Decode"/>.</summary>
    public void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => decode(blocks, weights);

    /// <summary>Encodes whole blocks; see <see cref="IWeightFormat.Encode"/>.</summary>
    public void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => encode(weights, importance, blocks);

    private static WeightFormat Of<TFormat>()
        where TFormat : struct, IWeightFormat
        => new(TFormat.Type, TFormat.BlockWeights, TFormat.BlockBytes, TFormat.Decode, TFormat.Encode);
}
