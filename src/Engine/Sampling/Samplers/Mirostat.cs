using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Sampling at a constant surprise (Basu et al., Mirostat: A Neural Text Decoding Algorithm that Directly Controls Perplexity, 2021):
/// mu bounds the surprise of what is kept, and follows from token to token what was drawn. It starts at 2 tau.
/// </summary>
/// <param name="tau">Target surprise in bits.</param>
/// <param name="eta">Learning rate of mu.</param>
internal abstract class Mirostat(float tau, float eta) : ISampler
{
    public SamplerState Initial => new(Logits.Finite(2 * tau));

    public abstract void Apply(Candidates candidates, in SamplingStep step);

    public int? ListCapacity(int vocabularySize) => vocabularySize;

    /// <summary>The state after a token of this probability among the kept ones.</summary>
    public SamplerState After(SamplerState state, float probability)
    {
        float surprise = -(float)PortableMath.Log2(probability);

        // A finite mu less what may be infinite is never NaN, whatever tau and eta are.
        return new SamplerState(Logits.Finite(state.MirostatMu - eta * (surprise - tau)));
    }
}
