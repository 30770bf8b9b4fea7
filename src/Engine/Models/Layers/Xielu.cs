using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>xIELU (Huang and Schlag 2024) with what a layer learned: a square on the right, an exponential on the left, and a line through both.</summary>
/// <param name="Square">Factor of the square.</param>
/// <param name="Exponential">Factor of e^x - 1 - x.</param>
/// <param name="Line">Factor of x itself.</param>
/// <param name="Limit">Upper bound of the exponent, just below 0.</param>
public readonly record struct Xielu(float Square, float Exponential, float Line, float Limit)
{
    /// <summary>Reads <c>xielu.alpha_p</c>, <c>alpha_n</c>, <c>beta</c> and <c>eps</c> of each layer; the first two are made positive by softplus.</summary>
    /// <exception cref="InvalidModelException">A number is missing, or not finite.</exception>
    public static Xielu[] Read(ModelLoader loader, int layers)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters.Under("xielu");
        float[] right = parameters.FloatPerLayer("alpha_p", layers);
        float[] left = parameters.FloatPerLayer("alpha_n", layers);
        float[] lines = parameters.FloatPerLayer("beta", layers);
        float[] limits = parameters.FloatPerLayer("eps", layers);
        return [.. Enumerable.Range(0, layers).Select(i => new Xielu(Softplus(right[i]), lines[i] + Softplus(left[i]), lines[i], limits[i]))];
    }

    private static float Softplus(float x) => x > 20 ? x : (float)PortableMath.Log(1 + PortableMath.Exp(x));
}
