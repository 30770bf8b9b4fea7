namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Leaves the candidates as they are; a chain that ends in it takes the best token, the first of equals, instead of drawing.
/// </summary>
internal sealed class GreedySampler : ISampler
{
    public void Apply(Candidates candidates, in SamplingStep step)
    {
    }

    public int? ListCapacity(int vocabularySize) => null;
}
