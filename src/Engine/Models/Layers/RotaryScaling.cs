using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>Reads a model's rotary frequencies from its hyper-parameters.</summary>
public static class RotaryScaling
{
    /// <summary>The divisors of long contexts; <see cref="ShortFactors"/> stands beside it.</summary>
    internal const string LongFactors = "rope_factors_long.weight";

    private const string ShortFactors = "rope_factors_short.weight";
    private const float DefaultBase = 10000;

    /// <summary>Frequencies with the scaling that the file names.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="headLength">Values of a head.</param>
    /// <param name="yarn">What the family chooses about YaRN; null for the standard.</param>
    /// <exception cref="InvalidModelException">The scaling is unknown, or a number makes no sense.</exception>
    public static RotaryEmbedding Load(ModelLoader loader, RotaryStyle style, int headLength, YarnSettings? yarn = null)
        => Load(loader, style, headLength, Base(loader), yarn ?? YarnSettings.Standard);

    /// <summary>The embedding of the layers with a window: <c>rope.freq_base_swa</c> is their base where the file has that key.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="headLength">Values of a head.</param>
    /// <param name="others">The embedding of the other layers, and of these too where the file has no such key.</param>
    /// <exception cref="InvalidModelException">The base makes no sense.</exception>
    public static RotaryEmbedding LoadWindowed(ModelLoader loader, RotaryStyle style, int headLength, RotaryEmbedding others)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return loader.Parameters.Has("rope.freq_base_swa")
            ? Load(loader, style, headLength, loader.Parameters.Positive("rope.freq_base_swa", DefaultBase), YarnSettings.Standard)
            : others;
    }

    /// <summary>Frequencies of a base that is the family's own, with the scaling that the file names.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="headLength">Values of a head.</param>
    /// <param name="theta">The base.</param>
    /// <param name="yarn">What the family chooses about YaRN.</param>
    /// <exception cref="InvalidModelException">The scaling is unknown, or a number makes no sense.</exception>
    public static RotaryEmbedding Load(ModelLoader loader, RotaryStyle style, int headLength, double theta, YarnSettings yarn)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(yarn);
        var parameters = loader.Parameters;
        int rotaryLength = RotaryLength(loader, headLength);
        double[] frequencies = Frequencies(theta, rotaryLength);
        if (loader.Has("rope_freqs.weight"))
            Divide(frequencies, Divisors(loader, "rope_freqs.weight", rotaryLength, headLength));

        if (loader.Has(LongFactors))
            Divide(frequencies, Divisors(loader, FactorsOfContext(loader), rotaryLength, headLength));

        float magnitude = parameters.Float("rope.scaling.attn_factor", 1);
        double stretch = Stretch(loader);
        if (IsYarn(loader))
            magnitude *= Yarn(loader, theta, stretch, yarn, frequencies);
        else
            Interpolate(frequencies, stretch);
        return new RotaryEmbedding(style, frequencies, magnitude);
    }

    /// <summary><c>rope.freq_base</c>.</summary>
    /// <exception cref="InvalidModelException">It is not above 0.</exception>
    public static double Base(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return loader.Parameters.Positive("rope.freq_base", DefaultBase);
    }

    /// <summary>How many values of a head turn: <c>rope.dimension_count</c>, or all.</summary>
    /// <exception cref="InvalidModelException">It is odd, or more than there are.</exception>
    public static int RotaryLength(ModelLoader loader, int headLength)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int rotaryLength = loader.Parameters.Int("rope.dimension_count", headLength, 2, 1 << 16);
        if (rotaryLength % 2 != 0 || rotaryLength > headLength)
        {
            throw new InvalidModelException(
                $"{loader.Name}: {rotaryLength} values of each head of {headLength} should be rotated, which is odd or more than there are.");
        }

        return rotaryLength;
    }

    /// <summary>How far the context is stretched: 1 where the file does not say, says 0, or names no scaling.</summary>
    /// <exception cref="InvalidModelException">The scaling is unknown, or the factor makes no sense.</exception>
    public static double Stretch(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string key = loader.Parameters.Has("rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear";
        return Kind(loader) == "none" || loader.Parameters.Float(key, 0) == 0 ? 1 : loader.Parameters.Positive(key, 1);
    }

    /// <summary>Whether the file names YaRN.</summary>
    /// <exception cref="InvalidModelException">The scaling is unknown.</exception>
    public static bool IsYarn(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return Kind(loader) == "yarn";
    }

    /// <summary>Files older than the key of the kind have the factor alone.</summary>
    private static string Kind(ModelLoader loader)
        => loader.Parameters.Text("rope.scaling.type", "linear") switch
        {
            string known and ("none" or "linear" or "longrope" or "yarn") => known,
            string other => throw new InvalidModelException(
                $"{loader.Name}: the rotary scaling '{other}' is not supported for {loader.Architecture}."),
        };

    /// <summary>Frequencies without any scaling.</summary>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="theta">The base.</param>
    /// <param name="rotaryLength">Values of a head that turn, even.</param>
    /// <param name="magnitude">Factor of sine and cosine.</param>
    public static RotaryEmbedding Plain(RotaryStyle style, double theta, int rotaryLength, float magnitude = 1)
        => new(style, Frequencies(theta, rotaryLength), magnitude);

    /// <summary>
    /// The embedding of layers with a window whose positions are never stretched: <c>rope.freq_base_swa</c>, or 10000, and the magnitude that
    /// the file names for all layers.
    /// </summary>
    /// <param name="loader">The model.</param>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="rotaryLength">Values of a head that turn, even.</param>
    /// <exception cref="InvalidModelException">A number makes no sense.</exception>
    public static RotaryEmbedding LoadUnstretched(ModelLoader loader, RotaryStyle style, int rotaryLength)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return Plain(
            style,
            loader.Parameters.Positive("rope.freq_base_swa", DefaultBase),
            rotaryLength,
            loader.Parameters.Float("rope.scaling.attn_factor", 1));
    }

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
    private static string FactorsOfContext(ModelLoader loader)
        => loader.ContextLength > OriginalContext(loader) ? LongFactors : ShortFactors;

    /// <summary>One divisor per pair that turns. Some families have one for every pair of a head, and those that do not turn come last.</summary>
    private static FloatVector Divisors(ModelLoader loader, string name, int rotaryLength, int headLength)
        => loader.Vector(name, loader.CountOf(name) == headLength / 2 ? headLength / 2 : rotaryLength / 2);

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
    private static float Yarn(ModelLoader loader, double theta, double stretch, YarnSettings settings, double[] frequencies)
    {
        int rotaryLength = 2 * frequencies.Length;
        int context = OriginalContext(loader);
        double low = Math.Max(0, Math.Floor(PairOfTurns(context, settings.BetaFast, theta, rotaryLength)));
        double high = Math.Min(rotaryLength - 1, Math.Ceiling(PairOfTurns(context, settings.BetaSlow, theta, rotaryLength)));
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            double ramp = Math.Clamp((pair - low) / Math.Max(0.001, high - low), 0, 1);
            frequencies[pair] = (frequencies[pair] / stretch * ramp) + (frequencies[pair] * (1 - ramp));
        }

        return (float)(YarnMagnitude(stretch, 1) / YarnMagnitude(stretch, settings.LogMultiplier));
    }

    private static void Interpolate(double[] frequencies, double stretch)
    {
        for (int pair = 0; pair < frequencies.Length; pair++)
            frequencies[pair] /= stretch;
    }

    /// <summary>1 + 0.1 * multiplier * ln(stretch): how much sharper attention becomes as the context is stretched; 1 where it shrinks.</summary>
    private static double YarnMagnitude(double stretch, double multiplier)
        => stretch <= 1 ? 1 : 1 + (0.1 * multiplier * PortableMath.Log(stretch));

    /// <summary>The pair, as a real number, that makes so many turns within the original context.</summary>
    private static double PairOfTurns(int context, double turns, double theta, int rotaryLength)
        => rotaryLength * PortableMath.Log(context / (2 * Math.PI * turns)) / (2 * PortableMath.Log(theta));

    /// <summary>The context before it was stretched; where the file does not say, the one that it was trained for.</summary>
    private static int OriginalContext(ModelLoader loader)
    {
        var parameters = loader.Parameters;
        return parameters.Int(
            "rope.scaling.original_context_length", parameters.Int("context_length", 2048, 1, int.MaxValue), 1, int.MaxValue);
    }
}
