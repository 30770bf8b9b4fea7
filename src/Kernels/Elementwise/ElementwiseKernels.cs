using Hearth.Kernels.Formats;

namespace Hearth.Kernels.Elementwise;

/// <summary>
/// Operations on one row of floats: norms, activations, softmax, rotary embedding. Rows have any width from 1 and any alignment;
/// nothing behind the width is read or written. Every rung gives the same bytes. All members may be called from several threads.
/// </summary>
/// <remarks>A result may overwrite an operand that begins at the same address; other overlaps are not allowed.</remarks>
public abstract unsafe class ElementwiseKernels
{
    private protected ElementwiseKernels()
    {
    }

    /// <summary>y = x / sqrt(mean(x^2) + eps) * weight.</summary>
    /// <param name="x">[width].</param>
    /// <param name="weight">[width], or null for none.</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <param name="y">[width].</param>
    /// <param name="width">Elements, at least 1.</param>
    public abstract void RmsNorm(float* x, float* weight, float eps, float* y, int width);

    /// <summary>y = (x - mean(x)) / sqrt(variance(x) + eps) * weight + bias, the variance with divisor width and in a second pass.</summary>
    /// <param name="x">[width].</param>
    /// <param name="weight">[width], or null for none.</param>
    /// <param name="bias">[width], or null for none.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="y">[width]; not the weight or the bias.</param>
    /// <param name="width">Elements, at least 1.</param>
    public abstract void LayerNorm(float* x, float* weight, float* bias, float eps, float* y, int width);

    /// <summary>
    /// y = max(0, x - bound), the bound being so many standard deviations, estimated from the row as from a sample, above its mean.
    /// </summary>
    /// <param name="x">[width]; may be <paramref name="y"/>.</param>
    /// <param name="deviations">How many.</param>
    /// <param name="y">[width].</param>
    /// <param name="width">Elements, at least 1.</param>
    public abstract void KeepLargest(float* x, float deviations, float* y, int width);

    /// <summary>y *= rms(x) / rms(y), so that both are as long; a y whose mean square is below 1e-5 counts as that.</summary>
    /// <param name="x">[width].</param>
    /// <param name="y">[width].</param>
    /// <param name="width">Elements, at least 1.</param>
    public abstract void MatchMagnitude(float* x, float* y, int width);

    /// <summary>y = a + b.</summary>
    public abstract void Add(float* a, float* b, float* y, int width);

    /// <summary>y = a + factor * b, rounded once.</summary>
    public abstract void AddScaled(float* a, float* b, float factor, float* y, int width);

    /// <summary>y = a * b.</summary>
    public abstract void Multiply(float* a, float* b, float* y, int width);

    /// <summary>y = gate &gt; 0 ? y : 0.</summary>
    public abstract void KeepWherePositive(float* gate, float* y, int width);

    /// <summary>y = factor * x.</summary>
    public abstract void Scale(float* x, float factor, float* y, int width);

    /// <summary>y = activation(x).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="activation"/> is not defined.</exception>
    public abstract void Activate(Activation activation, float* x, float* y, int width);

    /// <summary>y = activation(gate) * up.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="activation"/> is not defined.</exception>
    public abstract void Gate(Activation activation, float* gate, float* up, float* y, int width);

    /// <summary>
    /// The gated unit of gpt-oss: with g = min(gate, limit) and u = clamp(up, -limit, limit), y = g / (1 + e^(-alpha g)) * (u + 1).
    /// </summary>
    /// <param name="gate">[width].</param>
    /// <param name="up">[width].</param>
    /// <param name="alpha">Steepness of the gate, 1.702 there.</param>
    /// <param name="limit">Bound of both inputs, 7 there.</param>
    /// <param name="y">[width].</param>
    /// <param name="width">Elements.</param>
    public abstract void ClampedSwiGlu(float* gate, float* up, float alpha, float limit, float* y, int width);

    /// <summary>
    /// xIELU (Huang and Schlag 2024): y = line x + square x^2 where x is above 0, and line x + exponential (e^min(x, limit) - 1 - x) elsewhere.
    /// </summary>
    /// <param name="x">[width]; may be <paramref name="y"/>.</param>
    /// <param name="square">Factor of the square.</param>
    /// <param name="exponential">Factor of the exponential's part.</param>
    /// <param name="line">Factor of x itself.</param>
    /// <param name="limit">Upper bound of the exponent.</param>
    /// <param name="y">[width].</param>
    /// <param name="width">Elements, at least 1.</param>
    public abstract void Xielu(float* x, float square, float exponential, float line, float limit, float* y, int width);

    /// <summary>y = cap * tanh(x / cap).</summary>
    public abstract void SoftCap(float* x, float cap, float* y, int width);

    /// <summary>x = e^x / sum(e^x) in place, shifted by the maximum. A row of minus infinities becomes zeros.</summary>
    public abstract void Softmax(float* x, int width);

    /// <summary>The sum of the elements.</summary>
    public abstract float Sum(float* x, int width);

    /// <summary>The largest element.</summary>
    public abstract float Max(float* x, int width);

    /// <summary>The index of the largest element, the first of equals; 0 if every element is minus infinity. Width at most 2^24.</summary>
    public abstract int ArgMax(float* x, int width);

    /// <summary>
    /// Rotary embedding in place, partners side by side (NORM): dimensions 2i and 2i + 1 of each head turn by angle i.
    /// </summary>
    /// <param name="x">[heads][headDim] of one token.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="headDim">Floats from one head to the next.</param>
    /// <param name="cos">[rotated / 2] cosines of this token's angles.</param>
    /// <param name="sin">[rotated / 2] sines.</param>
    /// <param name="rotated">Dimensions that turn, even; those behind stay as they are.</param>
    public abstract void RotatePairs(float* x, int heads, int headDim, float* cos, float* sin, int rotated);

    /// <summary>
    /// Rotary embedding in place, partners half the turned width apart (NEOX): dimensions i and i + rotated / 2 turn by angle i.
    /// </summary>
    /// <param name="x">[heads][headDim] of one token.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="headDim">Floats from one head to the next.</param>
    /// <param name="cos">[rotated / 2] cosines of this token's angles.</param>
    /// <param name="sin">[rotated / 2] sines.</param>
    /// <param name="rotated">Dimensions that turn, even; those behind stay as they are.</param>
    public abstract void RotateHalves(float* x, int heads, int headDim, float* cos, float* sin, int rotated);

    /// <summary>Narrows to halves: to the nearest, ties to even.</summary>
    public void ToHalf(float* x, ushort* y, int width)
        => F16.Encode(new ReadOnlySpan<float>(x, width), default, new Span<byte>(y, checked(2 * width)));

    /// <summary>Widens halves, exactly.</summary>
    public void FromHalf(ushort* x, float* y, int width)
        => F16.Decode(new ReadOnlySpan<byte>(x, checked(2 * width)), new Span<float>(y, width));

    /// <summary>Narrows to brain floats: to the nearest, ties to even.</summary>
    public void ToBFloat16(float* x, ushort* y, int width)
        => BF16.Encode(new ReadOnlySpan<float>(x, width), default, new Span<byte>(y, checked(2 * width)));

    /// <summary>Widens brain floats, exactly.</summary>
    public void FromBFloat16(ushort* x, float* y, int width)
        => BF16.Decode(new ReadOnlySpan<byte>(x, checked(2 * width)), new Span<float>(y, width));
}
