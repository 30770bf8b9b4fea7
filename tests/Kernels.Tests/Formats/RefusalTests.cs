using Hearth.Kernels.Formats;

namespace Hearth.Kernels.Tests.Formats;

public sealed class RefusalTests
{
    public static TheoryData<WeightType> Types => [.. WeightFormat.All.Select(format => format.Type)];

    public static TheoryData<WeightType> TypesWithImportance => [WeightType.IQ1_S, WeightType.IQ2_XXS, WeightType.IQ2_XS];

    [Theory]
    [MemberData(nameof(Types))]
    public void Weights_and_bytes_must_be_the_same_number_of_blocks(WeightType type)
    {
        WeightFormat format = Get(type);
        int weights = 2 * format.BlockWeights, bytes = 2 * format.BlockBytes;

        Assert.ThrowsAny<ArgumentException>(() => format.Decode(new byte[bytes - 1], new float[weights]));
        Assert.ThrowsAny<ArgumentException>(() => format.Decode(new byte[bytes], new float[weights + 1]));
        Assert.ThrowsAny<ArgumentException>(() => format.Decode(new byte[bytes], new float[weights - format.BlockWeights]));
        Assert.ThrowsAny<ArgumentException>(() => format.Encode(new float[weights], new float[weights], new byte[bytes - 1]));
        Assert.ThrowsAny<ArgumentException>(() => format.Encode(new float[weights + 1], new float[weights + 1], new byte[bytes]));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Importances_must_be_as_many_as_weights(WeightType type)
    {
        WeightFormat format = Get(type);
        Assert.Throws<ArgumentException>(
            "importance",
            () => format.Encode(new float[2 * format.BlockWeights], new float[format.BlockWeights], new byte[2 * format.BlockBytes]));
    }

    [Theory]
    [MemberData(nameof(TypesWithImportance))]
    public void Types_below_two_and_a_half_bits_are_not_encoded_without_importance(WeightType type)
    {
        WeightFormat format = Get(type);
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            "importance", () => format.Encode(new float[format.BlockWeights], default, new byte[format.BlockBytes]));
        Assert.StartsWith($"{type} needs the importance", refusal.Message);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_row_that_does_not_divide_into_blocks_has_no_size(WeightType type)
    {
        WeightFormat format = Get(type);
        Assert.Throws<ArgumentException>(() => format.RowBytes(-format.BlockWeights));
        if (format.BlockWeights > 1)
            Assert.Throws<ArgumentException>(() => format.RowBytes(format.BlockWeights + 1));
        Assert.Equal(3L * format.BlockBytes, format.RowBytes(3L * format.BlockWeights));
    }

    private static WeightFormat Get(WeightType type)
    {
        Assert.True(WeightFormat.TryGet(type, out WeightFormat? format));
        return format;
    }
}
