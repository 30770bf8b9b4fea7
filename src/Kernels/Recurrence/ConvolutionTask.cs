namespace Hearth.Kernels.Recurrence;

/// <summary>A causal convolution of up to sixteen channels of consecutive tokens of one sequence.</summary>
internal unsafe struct ConvolutionTask
{
    /// <summary>Tokens.</summary>
    public int Tokens;

    /// <summary>Channels, 1 to 16.</summary>
    public int Lanes;

    /// <summary>Inputs that a result depends on, its own included.</summary>
    public int Kernel;

    /// <summary>Inputs.</summary>
    public RowStream Inputs;

    /// <summary>Results; not the inputs.</summary>
    public RowStream Outputs;

    /// <summary>[Kernel] taps, the oldest input's first.</summary>
    public RowStream Taps;

    /// <summary>Added to each result, or null.</summary>
    public float* Bias;

    /// <summary>[Kernel - 1] the inputs before the first, oldest first; replaced by those before the token that will follow.</summary>
    public RowStream Tail;
}
