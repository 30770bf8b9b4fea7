namespace Hearth.Kernels.Compute;

/// <summary>
/// The neurons of a feed-forward block that one token needs, ascending: a list in the arena, valid until its scope ends. While memory is only counted it is
/// as long as it can get.
/// </summary>
public readonly unsafe struct Neurons
{
    internal Neurons(int* indices, int count)
    {
        Indices = indices;
        Count = count;
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    internal int* Indices { get; }
}
