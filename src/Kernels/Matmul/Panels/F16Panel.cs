using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Probing;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 8 columns x 16 rows, column after column (see <see cref="FloatPanel"/>). Widening a half to a float takes a factor of 2^112, and
/// multiplications are what a kernel of floats has none to spare of. So weights stay as small as their bits say, activations bring
/// 2^64 and outputs take the rest: no sum is rounded otherwise than without, unless an activation is beyond 2^64 or a sum within 2^-78.
/// </content>
public readonly unsafe partial struct F16 : IPanelKernel
{
    private const int ActivationExponent = 64;
    private const float TwoTo48 = 1L << (112 - ActivationExponent);

    /// <inheritdoc/>
    public static int ChunkColumns => FloatPanel.Columns;

    /// <inheritdoc/>
    public static int ChunkBytes => FloatPanel.Columns * Column.Bytes;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => 0;

    /// <inheritdoc/>
    public static Arithmetic Arithmetic => Arithmetic.Float;

    /// <inheritdoc/>
    public static ActivationLayout Activations => ActivationLayout.Float with { Exponent = ActivationExponent };

    /// <inheritdoc/>
    public static float OutputFactor => TwoTo48;

    static bool IPanelKernel.IsCostlyToUnpack(int tileTokens) => tileTokens < 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
        => FloatPanel.PackRow((ushort*)blocks, count, row, (ushort*)chunk);

    /// <inheritdoc/>
    public static bool PacksFour => true;

    /// <inheritdoc/>
    [MethodImpl(InnerLoop.Options)]
    public static void PackFour(FourRows rows, int count, int row, byte* chunk) => FloatPanel.PackFour<ushort>(rows, count, row, chunk);

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        Span<ushort> elements = stackalloc ushort[FloatPanel.Columns];
        FloatPanel.UnpackRow(MemoryMarshal.Cast<byte, ushort>(chunk), row, elements);
        Decode(MemoryMarshal.AsBytes(elements), weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
        => FloatPanel.Multiply<TRung, TTile, Column>(chunk, activations, ref accumulators);

    private readonly struct Column : FloatPanel.IColumn
    {
        public static int Bytes => 32;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TRung Load<TRung>(byte* source)
            where TRung : unmanaged, IRung<TRung> => TRung.LoadSmallHalf((ushort*)source);
    }
}
