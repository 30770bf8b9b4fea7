namespace Hearth.Engine.Sparsity;

/// <summary>Whether feed-forward blocks whose activation leaves true zeros read only what active neurons need.</summary>
public enum SparsityMode
{
    /// <summary>All weights are read, in the order that is fastest for that.</summary>
    Off,

    /// <summary>
    /// Weights of neurons that are zero are not read. The last matrix lies input by input and meets activations that are not rounded, so answers differ a little
    /// from those of <see cref="Off"/>; no choice of threads, chunks or batch changes them.
    /// </summary>
    Exact,

    /// <summary><see cref="Exact"/> where the model has true zeros and its last matrices can be turned around without another rounding; otherwise <see cref="Off"/>.</summary>
    Auto,
}
