namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>The divisors of rotary frequencies that files of Llama 3.1 and later carry.</summary>
internal static class RopeDivisors
{
    private const double Factor = 32;
    private const double LowFrequencyFactor = 1;
    private const double HighFrequencyFactor = 4;
    private const double OriginalContext = 8192;

    /// <summary>
    /// Wavelengths well inside the original context stay, those beyond it are stretched, and between the two lies a ramp.
    /// </summary>
    /// <param name="headWidth">Width of a head: twice the number of divisors.</param>
    /// <param name="ropeBase">Base of the frequencies.</param>
    /// <remarks>Source: <c>rope_scaling</c> of type llama3 in the published models' configuration.</remarks>
    public static float[] Llama3(int headWidth, double ropeBase)
    {
        var divisors = new float[headWidth / 2];
        for (var i = 0; i < divisors.Length; i++)
        {
            var wavelength = 2 * Math.PI * Math.Pow(ropeBase, 2.0 * i / headWidth);
            var ramp = ((OriginalContext / wavelength) - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
            ramp = Math.Clamp(ramp, 0, 1);
            divisors[i] = (float)(1 / (((1 - ramp) / Factor) + ramp));
        }

        return divisors;
    }
}
