namespace Hearth.Engine.Sampling;

/// <summary>
/// One step of a chain: changes logits or drops candidates. An implementation is immutable apart from scratch memory of its own, so it
/// may be applied to any position in any order, by one thread at a time.
/// </summary>
internal interface ISampler
{
    /// <summary>Changes <paramref name="candidates"/> as the sampler defines.</summary>
    void Apply(Candidates candidates, in SamplingStep step);

    /// <summary>
    /// How many candidates the lists beside the dense logits must hold when this is the first sampler to leave the whole
    /// vocabulary, or null when it works on the dense logits in place. This is what lets a chain that begins with top_k do without
    /// lists as long as the vocabulary.
    /// </summary>
    int? ListCapacity(int vocabularySize);
}
