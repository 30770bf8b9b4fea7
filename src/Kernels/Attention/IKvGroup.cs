using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Attention;

/// <summary>32 dimensions under one scale, of 16 keys at a time: the quad lines of a weight panel (<c>docs/kernels.md</c>).</summary>
internal unsafe interface IKvGroup
{
    /// <summary>Bytes of the lines of 16 keys.</summary>
    static abstract int LineBytes { get; }

    /// <summary>Encodes 32 dimensions of one key and puts them into their places.</summary>
    /// <param name="values">32 numbers.</param>
    /// <param name="position">Position in the block, 0 to 15.</param>
    /// <param name="scales">[16] half scales.</param>
    /// <param name="lines"><see cref="LineBytes"/> bytes.</param>
    static abstract void Store(ReadOnlySpan<float> values, int position, Span<ushort> scales, Span<byte> lines);

    /// <summary>accumulators += keys x queries over the 32 dimensions.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="scales">The scales as floats.</param>
    /// <param name="queries">The register tile's quantised queries in these dimensions, 40 bytes a row (see <see cref="ActivationLayout"/>).</param>
    /// <param name="accumulators">Sixteen floats per row.</param>
    static abstract void Multiply<TRung, TTile>(byte* lines, TRung scales, byte* queries, ref TTile accumulators)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>;
}
