using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// Rotary position embedding (Su et al. 2021): pair i of a head turns by position x frequency i, and magnitudes are multiplied by one
/// factor. The scalings of long-context models (linear, YaRN, per-frequency divisors) change frequencies and factor, nothing else.
/// </summary>
public sealed class RotaryEmbedding : IQkvStep
{
    // A file may claim any context; positions beyond these do not fit into memory.
    private const int MaxCheckedPositions = 1 << 24;

    private readonly double[] frequencies;

    /// <summary>Makes an embedding.</summary>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="frequencies">Radians per position of each pair.</param>
    /// <param name="magnitude">Factor of sine and cosine.</param>
    public RotaryEmbedding(RotaryStyle style, double[] frequencies, float magnitude)
    {
        Style = style;
        this.frequencies = frequencies;
        Magnitude = magnitude;
    }

    /// <summary>Which values of a head form pairs.</summary>
    public RotaryStyle Style { get; }

    /// <summary>The same embedding, but some pairs never turn.</summary>
    public RotaryEmbedding Stilling(Func<int, bool> isStill)
    {
        ArgumentNullException.ThrowIfNull(isStill);
        return new RotaryEmbedding(Style, [.. frequencies.Select((frequency, pair) => isStill(pair) ? 0 : frequency)], Magnitude);
    }

    /// <summary>Factor of sine and cosine.</summary>
    public float Magnitude { get; }

    /// <summary>The same angles with another factor.</summary>
    public RotaryEmbedding WithMagnitude(float other) => new(Style, frequencies, other);

    /// <summary>Refuses frequencies whose angles cannot be told apart within the context, as a damaged base or divisor gives.</summary>
    /// <exception cref="InvalidModelException">A frequency is no number, or too large for the positions of the context.</exception>
    internal void Check(ModelLoader loader)
    {
        double largest = PortableMath.LargestAngle / Math.Clamp(loader.ContextLength, 1, MaxCheckedPositions);
        foreach (double frequency in frequencies)
        {
            if (!(Math.Abs(frequency) <= largest))
            {
                throw new InvalidModelException(
                    $"{loader.Name}: a rotary frequency is {frequency} radians per position, beyond {largest}; the file is damaged.");
            }
        }
    }

    /// <summary>Turns every head of the queries and keys, in place; values of a head beyond the pairs stay as they are.</summary>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        Turn(pass, qkv.Queries, shape.KeyLength);
        Turn(pass, qkv.Keys, shape.KeyLength);
    }

    /// <summary>Turns every head of some rows, in place.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="heads">[n, heads x headLength].</param>
    /// <param name="headLength">Values of a head.</param>
    public void Turn(ForwardPass pass, Rows heads, int headLength)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var angles = pass.Angles(this);
        pass.Cpu.Rotate(heads, headLength, Style, angles.Cosines, angles.Sines);
    }

    /// <summary>Sines and cosines for the positions of a pass; computed once, used by every layer.</summary>
    internal RotaryAngles Prepare(ForwardPass pass)
    {
        var cosines = pass.Rent(frequencies.Length);
        var sines = pass.Rent(frequencies.Length);
        if (!pass.Cpu.IsMeasuring)
        {
            var positions = pass.Batch.Positions;
            for (int row = 0; row < positions.Length; row++)
                Fill(positions[row], cosines[row], sines[row]);
        }

        return new RotaryAngles(cosines, sines);
    }

    private void Fill(int position, Span<float> cosines, Span<float> sines)
    {
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            var (sine, cosine) = PortableMath.SinCos(position * frequencies[pair]);
            sines[pair] = (float)sine * Magnitude;
            cosines[pair] = (float)cosine * Magnitude;
        }
    }
}
