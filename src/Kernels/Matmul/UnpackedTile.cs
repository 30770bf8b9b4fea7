using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// A tile that meets the lines that a <see cref="LineRecorder{TRung}"/> has left, in place of those that a format would unpack. Both lie in the
/// same layout, so a quad's address alone tells where its line is: sixteen tokens' room away for each of the tile's tokens.
/// </summary>
/// <remarks>
/// The number of tokens is written as a quotient of sizes: those are constants before the compiler takes in a single call, and its room for
/// callees is just enough for the formats that are worth unpacking.
/// </remarks>
internal unsafe struct UnpackedTile<TTile, TRung> : ITile<UnpackedTile<TTile, TRung>, TRung>
    where TTile : unmanaged, ITile<TTile, TRung>
    where TRung : unmanaged, IRung<TRung>
{
#pragma warning disable IDE0044 // An accumulator: its own methods change it in place.
    private TTile tile;
#pragma warning restore IDE0044

    // Where the line of a quad at address 0 would be.
    private readonly nint origin;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private UnpackedTile(TTile tile, nint origin)
    {
        this.tile = tile;
        this.origin = origin;
    }

    public static int Tokens => TTile.Tokens;

    public static bool Unpacks => false;

    static UnpackedTile<TTile, TRung> ITile<UnpackedTile<TTile, TRung>, TRung>.Zero => throw new NotSupportedException();

    /// <summary>Accumulators that meet <paramref name="lines"/>, recorded of the columns of <paramref name="activations"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UnpackedTile<TTile, TRung> Of(TTile accumulators, byte* lines, byte* activations)
        => new(accumulators, (nint)lines - (16 * sizeof(TRung) / sizeof(TTile) * (nint)activations));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly UnpackedTile<TTile, TRung> NewSums() => new(TTile.Zero, origin);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly UnpackedTile<TTile, TRung> StartDot(byte* corrections, nint offset) => new(tile.StartDot(corrections, offset), origin);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly UnpackedTile<TTile, TRung> StartWide(byte* corrections, nint offset) => new(tile.StartWide(corrections, offset), origin);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dot(TRung weights, byte* quads, nint offset)
        => tile.Dot(
            TRung.Load(
                (float*)(origin + (16 * sizeof(TRung) / sizeof(TTile) * (nint)quads) + (16 * sizeof(TRung) / sizeof(TTile) * offset))),
            quads,
            offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(TRung weights, byte* values, nint offset)
        => tile.MultiplyAdd(
            TRung.Load(
                (float*)(origin + (16 * sizeof(TRung) / sizeof(TTile) * (nint)values) + (16 * sizeof(TRung) / sizeof(TTile) * offset))),
            values,
            offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleAdd(in UnpackedTile<TTile, TRung> sums, TRung scales) => tile.ScaleAdd(sums.tile, scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTimesSixteen(in UnpackedTile<TTile, TRung> sums) => tile.AddTimesSixteen(sums.tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PairAdd(TRung pairs, byte* groupSums, nint offset) => tile.PairAdd(pairs, groupSums, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AccumulateNarrow(in UnpackedTile<TTile, TRung> sums, TRung scale, byte* tokenScales, nint offset)
        => tile.AccumulateNarrow(sums.tile, scale, tokenScales, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(in UnpackedTile<TTile, TRung> sums, TRung scale, byte* tokenScales, nint offset)
        => tile.Accumulate(sums.tile, scale, tokenScales, offset);

    static UnpackedTile<TTile, TRung> ITile<UnpackedTile<TTile, TRung>, TRung>.Load(float* source, nint stride, int count)
        => throw new NotSupportedException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination, nint stride, int count) => tile.Store(destination, stride, count);
}
