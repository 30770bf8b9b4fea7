namespace Hearth.Kernels.Formats;

/// <summary>A tensor's element or block type, with the numbers that GGUF files use.</summary>
/// <remarks>Source: <c>enum ggml_type</c> of the GGUF specification. Numbers that were retired there are absent here.</remarks>
public enum WeightType : uint
{
    /// <summary>32-bit IEEE float.</summary>
    F32 = 0,

    /// <summary>16-bit IEEE float.</summary>
    F16 = 1,

    /// <summary>4 bits, blocks of 32, one half scale.</summary>
    Q4_0 = 2,

    /// <summary>4 bits, blocks of 32, half scale and half minimum.</summary>
    Q4_1 = 3,

    /// <summary>5 bits, blocks of 32, one half scale.</summary>
    Q5_0 = 6,

    /// <summary>5 bits, blocks of 32, half scale and half minimum.</summary>
    Q5_1 = 7,

    /// <summary>8 bits, blocks of 32, one half scale.</summary>
    Q8_0 = 8,

    /// <summary>8-bit activations, blocks of 32, scale and sum.</summary>
    Q8_1 = 9,

    /// <summary>2 bits, superblocks of 256.</summary>
    Q2_K = 10,

    /// <summary>3 bits, superblocks of 256.</summary>
    Q3_K = 11,

    /// <summary>4 bits, superblocks of 256.</summary>
    Q4_K = 12,

    /// <summary>5 bits, superblocks of 256.</summary>
    Q5_K = 13,

    /// <summary>6 bits, superblocks of 256.</summary>
    Q6_K = 14,

    /// <summary>8-bit activations, superblocks of 256.</summary>
    Q8_K = 15,

    /// <summary>2.06 bits, codebook.</summary>
    IQ2_XXS = 16,

    /// <summary>2.31 bits, codebook.</summary>
    IQ2_XS = 17,

    /// <summary>3.06 bits, codebook.</summary>
    IQ3_XXS = 18,

    /// <summary>1.56 bits, codebook.</summary>
    IQ1_S = 19,

    /// <summary>4 bits, blocks of 32, non-linear table.</summary>
    IQ4_NL = 20,

    /// <summary>3.44 bits, codebook.</summary>
    IQ3_S = 21,

    /// <summary>2.5 bits, codebook.</summary>
    IQ2_S = 22,

    /// <summary>4.25 bits, superblocks of 256, non-linear table.</summary>
    IQ4_XS = 23,

    /// <summary>8-bit integer.</summary>
    I8 = 24,

    /// <summary>16-bit integer.</summary>
    I16 = 25,

    /// <summary>32-bit integer.</summary>
    I32 = 26,

    /// <summary>64-bit integer.</summary>
    I64 = 27,

    /// <summary>64-bit IEEE float.</summary>
    F64 = 28,

    /// <summary>1.75 bits, codebook.</summary>
    IQ1_M = 29,

    /// <summary>16-bit brain float: the upper half of an F32.</summary>
    BF16 = 30,

    /// <summary>1.69 bits, ternary.</summary>
    TQ1_0 = 34,

    /// <summary>2.06 bits, ternary.</summary>
    TQ2_0 = 35,

    /// <summary>4-bit float (e2m1), blocks of 32, power-of-two scale.</summary>
    MXFP4 = 39,

    /// <summary>4-bit float (e2m1), blocks of 64, four 8-bit float scales.</summary>
    NVFP4 = 40,

    /// <summary>1 bit, blocks of 128, one half scale.</summary>
    Q1_0 = 41,

    /// <summary>2 bits, blocks of 64, one half scale.</summary>
    Q2_0 = 42,
}
