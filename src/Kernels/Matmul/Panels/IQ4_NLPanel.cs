using System.Runtime.CompilerServices;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Probing;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 64 columns, 576 bytes: as <see cref="Q4_0"/>, but the nibbles are codes of a table. Table values + 128 are full-range bytes, so the
/// wide dot product multiplies them.
/// </content>
public readonly unsafe partial struct IQ4_NL : IPanelKernel
{
    private const int LinesAt = 64;

    /// <inheritdoc/>
    public static int ChunkColumns => 64;

    /// <inheritdoc/>
    public static int ChunkBytes => 576;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static Arithmetic Arithmetic => Arithmetic.WideDot;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(64, 32, 32, GroupCorrection.Pair, 8, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        for (int block = 0; block < count; block++, blocks += BlockBytes)
        {
            *(ushort*)(chunk + (32 * block) + (2 * row)) = *(ushort*)blocks;
            NibbleLines.PackRow(blocks + 2, row, chunk + LinesAt + (NibbleLines.Bytes * block));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        for (int i = 0; i < 2; i++)
        {
            chunk.Slice((32 * i) + (2 * row), 2).CopyTo(block);
            NibbleLines.UnpackRow(chunk[(LinesAt + (NibbleLines.Bytes * i))..], row, block[2..]);
            Decode(block, weights.Slice(32 * i, 32));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        byte* lines = chunk + LinesAt;
        for (int block = 0; block < 2; block++, chunk += 32, lines += NibbleLines.Bytes, activations += 40 * TTile.Tokens)
        {
            var sums = WideDot<TRung, TTile, NonLinearLines>.Sum(lines, activations, accumulators);
            accumulators.Accumulate(sums, TRung.LoadHalf((ushort*)chunk), activations, 36 * TTile.Tokens);
        }
    }
}
