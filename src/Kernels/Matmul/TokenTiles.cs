using System.Numerics;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// How n tokens split into tiles: as many of the widest as fit, then one whose width is the next power of two, or, where less than half of that one's
/// second half would be taken, two of which the first is full: five tokens are four and one. Missing tokens of the last tile are zeros.
/// </summary>
/// <remarks>A tile of eight meets a panel for the price of five to six tiles of one, and of two tiles of four.</remarks>
public readonly struct TokenTiles
{
    // Below, a second tile costs as much as the tokens that it saves.
    private const int NarrowestSplit = 8;

    private readonly int widest;
    private readonly int full;
    private readonly int firstWidth;

    /// <summary>Splits <paramref name="tokens"/> tokens.</summary>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="widest">The widest tile of the rung, a power of two.</param>
    public TokenTiles(int tokens, int widest)
    {
        this.widest = widest;
        Tokens = tokens;
        full = tokens / widest;
        Count = full;
        PaddedTokens = full * widest;
        int rest = tokens - PaddedTokens;
        if (rest == 0)
            return;
        firstWidth = (int)BitOperations.RoundUpToPowerOf2((uint)rest);
        int half = firstWidth / 2;
        int second = firstWidth >= NarrowestSplit ? (int)BitOperations.RoundUpToPowerOf2((uint)(rest - half)) : half;
        if (second < half)
            firstWidth = half;
        else
            second = 0;
        Count += second == 0 ? 1 : 2;
        PaddedTokens += firstWidth + second;
    }

    /// <summary>Tokens in all.</summary>
    public int Tokens { get; }

    /// <summary>Tiles in all.</summary>
    public int Count { get; }

    /// <summary>Tokens including those that only fill the last tile.</summary>
    public int PaddedTokens { get; }

    /// <summary>The first token of a tile.</summary>
    public int First(int tile) => tile <= full ? tile * widest : (full * widest) + firstWidth;

    /// <summary>The width of a tile.</summary>
    public int Width(int tile) => tile < full ? widest : tile == full ? firstWidth : PaddedTokens - (full * widest) - firstWidth;

    /// <summary>How many of a tile's tokens exist.</summary>
    public int Present(int tile) => Math.Min(Width(tile), Tokens - First(tile));
}
