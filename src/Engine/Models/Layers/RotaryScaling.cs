using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>Reads a model's rotary frequencies from its hyper-parameters.</summary>
public static class RotaryScaling
{
    private const float DefaultBase = 10000;
    private const float DefaultBetaFast = 32;
    private const float DefaultBetaSlow = 1;

    /// <summary>Frequencies with the scaling that the file names.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="headLength">Values of a head.</param>
    /// <exception cref="InvalidModelException">The scaling is unknown, or a number makes no sense.</exception>
    public static RotaryEmbedding Load(ModelLoader loader, RotaryStyle style, int headLength)
        => Load(loader, style, headLength, "rope.freq_base");

    /// <summary>The embedding of the layers with a window: <c>rope.freq_base_swa</c> is their base where the file has that key.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="headLength">Values of a head.</param>
    /// <param name="others">The embedding of the other layers, and of these too where the file has no such key.</param>
    /// <exception cref="InvalidModelException">The base makes no sense.</exception>
    public static RotaryEmbedding LoadWindowed(ModelLoader loader, RotaryStyle style, int headLength, RotaryEmbedding others)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return loader.Parameters.Has("rope.freq_base_swa") ? Load(loader, style, headLength, "rope.freq_base_swa") : others;
    }

    private static RotaryEmbedding Load(ModelLoader loader, RotaryStyle style, int headLength, string baseKey)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        int rotaryLength = parameters.Int("rope.dimension_count", headLength, 2, 1 << 16);
        if (rotaryLength % 2 != 0 || rotaryLength > headLength)
        {
            throw new InvalidModelException(
                $"{loader.Name}: {rotaryLength} values of each head of {headLength} should be rotated, which is odd or more than there are.");
        }

        double theta = Positive(loader, baseKey, DefaultBase);
        if (parameters.Has("rope.scaling.alpha"))
            theta *= PortableMath.Pow(Positive(loader, "rope.scaling.alpha", 1), rotaryLength / (rotaryLength - 2.0));
        double[] frequencies = Frequencies(theta, rotaryLength);
        if (loader.Has("rope_freqs.weight"))
            Divide(frequencies, loader.Vector("rope_freqs.weight", rotaryLength / 2));

        if (loader.Has("rope_factors_long.weight"))
            Divide(frequencies, LongFactors(loader, rotaryLength));

        float magnitude = parameters.Float("rope.scaling.attn_factor", 1);
        // Files older than the key of the kind have the factor alone.
        string scaling = parameters.Text("rope.scaling.type", "linear");
        switch (scaling)
        {
            case "none" or "longrope":
                break;
            case "linear":
                double factor = Factor(loader);
                for (int pair = 0; pair < frequencies.Length; pair++)
                    frequencies[pair] /= factor;
                break;
            case "yarn":
                magnitude *= Yarn(loader, theta, rotaryLength, frequencies);
                break;
            default:
                throw new InvalidModelException($"{loader.Name}: the rotary scaling '{scaling}' is not supported for {loader.Architecture}.");
        }

        return new RotaryEmbedding(style, frequencies, magnitude);
    }

    /// <summary>Frequencies without any scaling.</summary>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="theta">The base.</param>
    /// <param name="rotaryLength">Values of a head that turn, even.</param>
    public static RotaryEmbedding Plain(RotaryStyle style, double theta, int rotaryLength)
        => new(style, Frequencies(theta, rotaryLength), 1);

    /// <summary>Radians per position of each pair: base^(-2i / length).</summary>
    public static double[] Frequencies(double theta, int rotaryLength)
    {
        double[] frequencies = new double[rotaryLength / 2];
        for (int pair = 0; pair < frequencies.Length; pair++)
            frequencies[pair] = PortableMath.Pow(theta, -2.0 * pair / rotaryLength);
        return frequencies;
    }

    /// <summary>
    /// LongRoPE (Ding et al. 2024): one set of divisors for contexts as long as the original one, another beyond. The sessions' length
    /// decides, not the prompt's, so that a position is rotated alike however long its sequence becomes.
    /// </summary>
    private static FloatVector LongFactors(ModelLoader loader, int rotaryLength)
    {
        string name = loader.ContextLength > OriginalContext(loader) ? "rope_factors_long.weight" : "rope_factors_short.weight";
        return loader.Vector(name, rotaryLength / 2);
    }

    private static void Divide(double[] frequencies, FloatVector divisors)
    {
        for (int pair = 0; pair < frequencies.Length; pair++)
            frequencies[pair] /= divisors.Values[pair];
    }

    /// <summary>
    /// YaRN (Peng et al. 2023, section 3): pairs that turn often within the original context keep their frequency, those that never
    /// complete a turn are interpolated, with a ramp between.
    /// </summary>
    /// <returns>The factor of sine and cosine.</returns>
    private static float Yarn(ModelLoader loader, double theta, int rotaryLength, double[] frequencies)
    {
        var parameters = loader.Parameters;
        double factor = Factor(loader);
        int context = OriginalContext(loader);
        double low = Math.Floor(PairOfTurns(context, Positive(loader, "rope.scaling.yarn_beta_fast", DefaultBetaFast), theta, rotaryLength));
        double high = Math.Ceiling(PairOfTurns(context, Positive(loader, "rope.scaling.yarn_beta_slow", DefaultBetaSlow), theta, rotaryLength));
        low = Math.Max(0, low);
        high = Math.Min(rotaryLength - 1, high);
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            double ramp = Math.Clamp((pair - low) / Math.Max(0.001, high - low), 0, 1);
            frequencies[pair] = (frequencies[pair] / factor * ramp) + (frequencies[pair] * (1 - ramp));
        }

        // A file with a multiplier has its attention scale raised by it instead (DeepSeek-V2, Ministral 3).
        double multiplier = parameters.Float("rope.scaling.yarn_log_multiplier", 0);
        return (float)(YarnMagnitude(factor, 1) / YarnMagnitude(factor, multiplier));
    }

    /// <summary>1 + 0.1 * multiplier * ln(factor): how much sharper attention becomes as the context is stretched.</summary>
    internal static double YarnMagnitude(double factor, double multiplier) => 1 + (0.1 * multiplier * PortableMath.Log(factor));

    /// <summary>The pair, as a real number, that makes so many turns within the original context.</summary>
    private static double PairOfTurns(int context, double turns, double theta, int rotaryLength)
        => rotaryLength * PortableMath.Log(context / (2 * Math.PI * turns)) / (2 * PortableMath.Log(theta));

    /// <summary>How far the context is stretched; 0 in a file means that it is not.</summary>
    private static double Factor(ModelLoader loader)
    {
        string key = loader.Parameters.Has("rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear";
        return loader.Parameters.Float(key, 0) == 0 ? 1 : Positive(loader, key, 1);
    }

    /// <summary>The context before it was stretched; where the file does not say, the one that it was trained for.</summary>
    private static int OriginalContext(ModelLoader loader)
    {
        var parameters = loader.Parameters;
        return parameters.Int(
            "rope.scaling.original_context_length", parameters.Int("context_length", 2048, 1, int.MaxValue), 1, int.MaxValue);
    }

    private static double Positive(ModelLoader loader, string key, float fallback)
    {
        float value = loader.Parameters.Float(key, fallback);
        return value > 0
            ? value
            : throw new InvalidModelException($"{loader.Name}: {loader.Architecture}.{key} is {value} and must be above 0; the file is damaged.");
    }
}
