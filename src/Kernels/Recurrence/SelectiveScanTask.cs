namespace Hearth.Kernels.Recurrence;

/// <summary>A selective scan of up to sixteen channels of consecutive tokens of one sequence.</summary>
internal unsafe struct SelectiveScanTask
{
    /// <summary>Tokens.</summary>
    public int Tokens;

    /// <summary>Channels, 1 to 16.</summary>
    public int Lanes;

    /// <summary>Numbers that a channel keeps.</summary>
    public int StateLength;

    /// <summary>[StateLength][16] numbers of the channels.</summary>
    public float* State;

    /// <summary>[StateLength][16] logarithms of the decays at a step of 1.</summary>
    public float* Rates;

    /// <summary>[Lanes] factor of the input that goes straight to the output.</summary>
    public float* Skip;

    /// <summary>Inputs.</summary>
    public RowStream Inputs;

    /// <summary>Step sizes.</summary>
    public RowStream Steps;

    /// <summary>How each token writes: [StateLength], the same for all channels.</summary>
    public RowStream Writes;

    /// <summary>How each token reads: [StateLength], the same for all channels.</summary>
    public RowStream Reads;

    /// <summary>Results; may be the inputs.</summary>
    public RowStream Outputs;
}
