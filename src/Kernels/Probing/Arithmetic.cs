namespace Hearth.Kernels.Probing;

/// <summary>The multiply-adds of a rung's inner loops.</summary>
public enum Arithmetic
{
    /// <summary>Weights of up to 7 bits times signed bytes: the dot product of all types below 8 bits.</summary>
    NarrowDot,

    /// <summary>Weights of 8 bits times signed bytes.</summary>
    WideDot,

    /// <summary>Fused multiply-adds of floats.</summary>
    Float,
}
