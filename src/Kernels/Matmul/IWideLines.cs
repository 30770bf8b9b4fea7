using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>Where the 32 columns of a block's biased bytes come from.</summary>
internal unsafe interface IWideLines
{
    /// <summary>Lines in memory: 4 of nibbles or 8 of bytes.</summary>
    static abstract int Count { get; }

    /// <summary>Quad <paramref name="index"/>, 0 to 7. The part is a constant wherever this is called.</summary>
    static abstract TRung Load<TRung>(byte* lines, int index, WidePart part)
        where TRung : unmanaged, IRung<TRung>;
}
