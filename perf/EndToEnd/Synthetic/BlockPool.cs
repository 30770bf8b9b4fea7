using Hearth.Kernels.Formats;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>
/// Encoded blocks of normal weights, from which rows are put together: a real encoder makes them, so scales and quants are what
/// they are in real files, and a billion weights cost a copy instead of a search for the best scale. A row of 2048 weights is one
/// of 10^24 (superblocks) or more.
/// </summary>
internal sealed class BlockPool
{
    /// <summary>Weights in one piece of a type that has no blocks.</summary>
    private const int LeastPieceWeights = 32;

    private readonly byte[] pieces;

    private BlockPool(byte[] pieces, int pieceBytes)
    {
        this.pieces = pieces;
        PieceBytes = pieceBytes;
        Count = pieces.Length / pieceBytes;
    }

    /// <summary>Bytes of a piece.</summary>
    public int PieceBytes { get; }

    /// <summary>Pieces.</summary>
    public int Count { get; }

    /// <summary>A piece: a whole number of blocks.</summary>
    public ReadOnlySpan<byte> this[int index] => pieces.AsSpan(index * PieceBytes, PieceBytes);

    /// <summary>Draws and encodes blocks.</summary>
    /// <param name="format">Their type.</param>
    /// <param name="weights">Weights of all blocks together, a power of two of at least 256.</param>
    /// <param name="deviation">The weights' standard deviation.</param>
    /// <param name="firstWeight">The first weight of every piece, or null where it is drawn as the others are.</param>
    /// <param name="random">The generator.</param>
    public static BlockPool Create(WeightFormat format, int weights, float deviation, float? firstWeight, SplitMix random)
    {
        var pieceWeights = Math.Max(format.BlockWeights, LeastPieceWeights);
        var values = new float[weights];
        for (var i = 0; i < values.Length; i++)
            values[i] = firstWeight is { } first && i % pieceWeights == 0 ? first : random.Normal() * deviation;

        var pieces = new byte[format.RowBytes(weights)];
        EncodeRow(format, values, pieces);
        return new BlockPool(pieces, (int)format.RowBytes(pieceWeights));
    }

    /// <summary>Encodes with columns of equal importance, said explicitly because types below three bits ask for it.</summary>
    public static void EncodeRow(WeightFormat format, ReadOnlySpan<float> weights, Span<byte> blocks)
    {
        var importance = new float[weights.Length];
        Array.Fill(importance, 1);
        format.Encode(weights, importance, blocks);
    }
}
