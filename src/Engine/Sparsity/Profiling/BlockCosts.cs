namespace Hearth.Engine.Sparsity.Profiling;

/// <summary>What a block is expected to take for a token, beside the same block read whole: in bytes, and in time where those are what counts.</summary>
/// <param name="Profile">What its neurons do.</param>
/// <param name="BitsPerWeight">Of the matrix that decides.</param>
public readonly record struct BlockCosts(LayerProfile Profile, double BitsPerWeight)
{
    // Measured: rows that are chosen take so much longer than rows in panels, between half and a tenth of all (docs/performance.md).
    private const double ChosenRowTime = 1.75;

    private bool IsGated => Profile.Name.Contains(".ffn_gate", StringComparison.Ordinal);

    private int Rows => IsGated ? 3 : 2;

    /// <summary>The share of bytes that are read where the gate decides.</summary>
    public double ExactBytes => (1 + Chosen(1)) / Rows;

    /// <summary>The share of bytes that are read where signs vote first; that of <see cref="ExactBytes"/> where they cannot.</summary>
    public double SignBytes => Profile.Signs is { } signs ? ((1 / BitsPerWeight) + signs.ChosenShare + Chosen(1)) / Rows : ExactBytes;

    /// <summary>Whether it is faster to read what the gate decides than to read everything.</summary>
    public bool ExactPays => 1 + Chosen(ChosenRowTime) < Rows;

    /// <summary>Whether it is faster still to let signs vote first.</summary>
    public bool SignPays => Profile.Signs is { } signs && (1 / BitsPerWeight) + (ChosenRowTime * signs.ChosenShare) < 1;

    /// <summary>The rows that are read if a neuron is active: up, where there is a gate, and down.</summary>
    private double Chosen(double rowTime) => rowTime * (((IsGated ? 1 : 0) * Profile.GateShare) + Profile.ActiveShare);
}
