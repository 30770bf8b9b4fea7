namespace Hearth.Kernels.Matmul;

/// <summary>Where the blocks of four rows begin, wherever the rows are.</summary>
public readonly unsafe struct FourRows
{
    internal FourRows(byte* first, byte* second, byte* third, byte* fourth)
    {
        First = first;
        Second = second;
        Third = third;
        Fourth = fourth;
    }

    internal byte* First { get; }

    internal byte* Second { get; }

    internal byte* Third { get; }

    internal byte* Fourth { get; }
}
