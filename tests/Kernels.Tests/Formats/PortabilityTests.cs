using System.Security.Cryptography;
using Hearth.Kernels.Formats;

namespace Hearth.Kernels.Tests.Formats;

/// <summary>
/// Encoded bytes are the same on every machine and at every vector width, and change only on purpose. A changed encoder changes its
/// line below, after its errors have been compared; the same lines must hold with the JIT's vector switches off.
/// </summary>
public sealed class PortabilityTests
{
    [Theory]
    [InlineData(WeightType.F32, "8C92EA6D2FE64EBF")]
    [InlineData(WeightType.F16, "A7875DE4DD05BB3C")]
    [InlineData(WeightType.Q4_0, "4ACBF67CFE1BE0A5")]
    [InlineData(WeightType.Q4_1, "805FDA5B8640CB81")]
    [InlineData(WeightType.Q5_0, "BD1246632EC745E1")]
    [InlineData(WeightType.Q5_1, "136E36670D422E66")]
    [InlineData(WeightType.Q8_0, "0750B690916A99C0")]
    [InlineData(WeightType.Q8_1, "98CD5A890E9722AA")]
    [InlineData(WeightType.Q2_K, "425C99AAFC59703B")]
    [InlineData(WeightType.Q3_K, "505C7C51FC0C9230")]
    [InlineData(WeightType.Q4_K, "D0F5D14ADA424CAE")]
    [InlineData(WeightType.Q5_K, "7D7A3287F3CA0516")]
    [InlineData(WeightType.Q6_K, "61FBA0969E6A9323")]
    [InlineData(WeightType.Q8_K, "A3DBF52189AA8757")]
    [InlineData(WeightType.IQ2_XXS, "B66660144BDECF9E")]
    [InlineData(WeightType.IQ2_XS, "02A83A7AFAE372CC")]
    [InlineData(WeightType.IQ3_XXS, "C3AA7111E54D35CA")]
    [InlineData(WeightType.IQ1_S, "7E9FDFD10BFDA199")]
    [InlineData(WeightType.IQ4_NL, "40289748AAB08004")]
    [InlineData(WeightType.IQ3_S, "44EB1A064FFAC580")]
    [InlineData(WeightType.IQ2_S, "21769459555B8856")]
    [InlineData(WeightType.IQ4_XS, "D832CE0BDFF51D92")]
    [InlineData(WeightType.IQ1_M, "DD4282D7E629BF00")]
    [InlineData(WeightType.BF16, "E4D78EA3123F4D4F")]
    [InlineData(WeightType.TQ1_0, "CF3751D47F37D40E")]
    [InlineData(WeightType.TQ2_0, "E6FC3A330CD16909")]
    [InlineData(WeightType.MXFP4, "CA4E910E66D78834")]
    [InlineData(WeightType.NVFP4, "B93AF70A013AA0D5")]
    [InlineData(WeightType.Q1_0, "51F52CDC0066DF06")]
    [InlineData(WeightType.Q2_0, "35CC308B8AB61C7E")]
    public void Encoded_bytes_do_not_depend_on_the_machine(WeightType type, string expected)
    {
        Assert.True(WeightFormat.TryGet(type, out WeightFormat? format));
        float[] importance = [.. Samples.Gaussian(3, 2048).Select(MathF.Abs)];
        var blocks = new byte[2 * format.RowBytes(2048)];
        format.Encode(Samples.Gaussian(1, 2048), importance, blocks.AsSpan(0, blocks.Length / 2));
        bool needsImportance = type is WeightType.IQ1_S or WeightType.IQ2_XXS or WeightType.IQ2_XS;
        format.Encode(Samples.HeavyTailed(2, 2048), needsImportance ? importance : [], blocks.AsSpan(blocks.Length / 2));
        Assert.Equal(expected, Convert.ToHexString(SHA256.HashData(blocks), 0, 8));
    }
}
