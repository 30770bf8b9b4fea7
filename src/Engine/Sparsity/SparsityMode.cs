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

    /// <summary>
    /// <see cref="Exact"/>, and of the gate only the rows are read whose product the signs of weights and input do not make out to be negative. A neuron that
    /// they misjudge is lost, so answers differ from those of <see cref="Exact"/>.
    /// </summary>
    Sign,

    /// <summary>As <see cref="Sign"/>, with the predictors that were trained for the model and stand in its file, as in PowerInfer's.</summary>
    Learned,

    /// <summary><see cref="Exact"/> where the model has true zeros and its last matrices can be turned around without another rounding; otherwise <see cref="Off"/>.</summary>
    Auto,
}
