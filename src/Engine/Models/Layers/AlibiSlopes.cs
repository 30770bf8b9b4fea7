using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>Attention with linear biases (Press et al. 2021): one slope per head, a geometric series.</summary>
public static class AlibiSlopes
{
    /// <summary>The slopes of so many heads.</summary>
    /// <param name="loader">Owns the result.</param>
    /// <param name="heads">Query heads; for a number that is no power of two the series of the next one fills the gaps.</param>
    /// <param name="maxBias">The steepest bias, 8 in the paper.</param>
    public static FloatVector Create(ModelLoader loader, int heads, float maxBias)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int power = 1;
        while (2 * power <= heads)
            power *= 2;
        float[] slopes = new float[heads];
        for (int head = 0; head < heads; head++)
        {
            double exponent = head < power
                ? -maxBias / power * (head + 1.0)
                : -maxBias / (2 * power) * ((2.0 * (head - power)) + 1);
            slopes[head] = (float)PortableMath.Pow(2, exponent);
        }

        var vector = new FloatVector(slopes);
        loader.Own(vector);
        return vector;
    }
}
