namespace Hearth.Kernels.Sparse;

/// <summary>Counts in how many columns the weights and the input of a product are both negative, for one rung.</summary>
public abstract unsafe class SignKernel
{
    /// <summary>Bytes of a line of the input's signs: sixteen, four times the bits of 32 columns.</summary>
    public const int InputLineBytes = 16;

    private protected SignKernel()
    {
    }

    /// <summary>Counts.</summary>
    /// <param name="panels">Consecutive panels of a plane.</param>
    /// <param name="count">How many.</param>
    /// <param name="lines">Lines of a panel.</param>
    /// <param name="input">The input's signs, as many lines.</param>
    /// <param name="both">Receives sixteen numbers of each panel.</param>
    public abstract void Count(byte* panels, int count, int lines, byte* input, int* both);
}
