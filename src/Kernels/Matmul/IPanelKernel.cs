using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>The inner kernel of an <see cref="IPanelFormat"/>: one chunk of 16 rows times a tile of tokens.</summary>
internal unsafe interface IPanelKernel : IPanelFormat
{
    /// <summary>
    /// Whether unpacking a line takes so many instructions beside the products of a tile that many tokens had better meet lines that are unpacked once
    /// (see <see cref="UnpackedTile{TTile, TRung}"/>).
    /// </summary>
    /// <param name="tileTokens">Tokens of the rung's widest tile.</param>
    static virtual bool IsCostlyToUnpack(int tileTokens) => false;

    /// <summary>accumulators += chunk x activations, in the one order that all rungs and tiles keep.</summary>
    /// <param name="chunk">The chunk of 16 rows.</param>
    /// <param name="activations">The tile's activations of these columns (see <see cref="ActivationLayout"/>).</param>
    /// <param name="accumulators">Sixteen floats per token.</param>
    static abstract void Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>;
}
