using Hearth.Kernels.Compute;

namespace Hearth.Engine.Sparsity.Profiling;

/// <summary>Sees what the neurons of one block do. Called on the thread that computes, not while memory is only counted.</summary>
internal interface INeuronObserver
{
    /// <summary>What decides which neurons are active.</summary>
    /// <param name="gate">[n, neurons], before the activation.</param>
    void ObserveGate(Rows gate);

    /// <summary>What the last matrix meets; called after <see cref="ObserveGate"/>.</summary>
    /// <param name="x">[n, width]: what the block has read.</param>
    /// <param name="values">[n, neurons].</param>
    void ObserveValues(Rows x, Rows values);
}
