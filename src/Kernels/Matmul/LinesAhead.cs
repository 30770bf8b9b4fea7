using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// The weights that come next, asked for in equal parts while tiles of activations meet those that are there. Otherwise the first of many tiles
/// waits for memory, at a rate that takes all of its bandwidth, and the others leave memory idle.
/// </summary>
/// <param name="first">The first byte.</param>
/// <param name="bytes">How many; 0 asks for nothing.</param>
/// <param name="parts">In how many parts.</param>
internal readonly unsafe struct LinesAhead<TRung>(byte* first, nint bytes, int parts)
    where TRung : unmanaged, IRung<TRung>
{
    // With fewer parts each would be a burst of its own.
    private const int FewestParts = 4;
    private const int LineBytes = 64;

    private readonly byte* first = first;
    private readonly nint bytes = parts < FewestParts || !TRung.Prefetches ? 0 : bytes;

    /// <summary>Asks for one part.</summary>
    public void Ask(int part)
    {
        byte* end = first + (bytes * (part + 1) / parts);
        for (byte* line = first + (bytes * part / parts); line < end; line += LineBytes)
            TRung.PrefetchLine(line);
    }
}
