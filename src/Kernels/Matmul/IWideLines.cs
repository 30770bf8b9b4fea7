using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>Where the 32 columns of a block's biased bytes come from.</summary>
internal unsafe interface IWideLines
{
    /// <summary>Lines in memory: 4 of nibbles or 8 of bytes.</summary>
    static abstract int Count { get; }

    /// <summary>Quad <paramref name="quad"/>, 0 to 3, of the first or of the second sixteen columns. The part is a constant wherever this is called.</summary>
    static abstract TRung Load<TRung>(byte* lines, int quad, int half, WidePart part)
        where TRung : unmanaged, IRung<TRung>;
}
