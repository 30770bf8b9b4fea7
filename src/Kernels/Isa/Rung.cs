namespace Hearth.Kernels.Isa;

/// <summary>One instruction-set level. Every rung gives the same bytes; they differ in speed alone.</summary>
public enum Rung
{
    /// <summary>Plain C#, any CPU that .NET runs on.</summary>
    Scalar,

    /// <summary>x64 with 256-bit integer vectors and fused multiply-add.</summary>
    Avx2,

    /// <summary><see cref="Avx2"/> with the unsigned-by-signed byte dot product of AVX-VNNI.</summary>
    AvxVnni,

    /// <summary>x64 with 512-bit vectors (AVX-512 F, BW, VL).</summary>
    Avx512,

    /// <summary><see cref="Avx512"/> with the unsigned-by-signed byte dot product of AVX-512 VNNI; from .NET 11 on.</summary>
    Avx512Vnni,

    /// <summary>Arm64 without the dot-product extension (Cortex-A53, A72).</summary>
    Neon,

    /// <summary>Arm64 with SDOT (Cortex-A55 and later, Apple, Neoverse).</summary>
    NeonDot,
}
