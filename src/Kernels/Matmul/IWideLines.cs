using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>Lines that hold 32 columns of biased bytes for 16 rows, and how they meet activations.</summary>
internal unsafe interface IWideLines
{
    /// <summary>Adds the products of one part of the bytes. The part is a constant wherever this is called.</summary>
    static abstract void Dot<TRung, TTile>(byte* lines, byte* x, WidePart part, ref TTile sums)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>;

    /// <summary>Adds the products of the low and of the high nibbles, in one go.</summary>
    static abstract void DotNibbles<TRung, TTile>(byte* lines, byte* x, ref TTile low, ref TTile high)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>;
}
