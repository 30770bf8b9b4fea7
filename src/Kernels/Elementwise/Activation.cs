namespace Hearth.Kernels.Elementwise;

/// <summary>The functions that feed-forward blocks and gates apply to each element.</summary>
public enum Activation
{
    /// <summary>x / (1 + e^-x), also called swish.</summary>
    Silu,

    /// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).</summary>
    Gelu,

    /// <summary>x / 2 (1 + erf(x / sqrt(2))).</summary>
    GeluErf,

    /// <summary>x / (1 + e^(-1.702 x)).</summary>
    GeluQuick,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>max(x, 0)^2.</summary>
    ReluSquared,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>ln(1 + e^x).</summary>
    Softplus,

    /// <summary>e^x.</summary>
    Exp,
}
