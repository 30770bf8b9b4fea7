using System.Numerics;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// How n tokens split into tiles: as many of the widest as fit, then one whose width is the next power of two. Missing tokens of the
/// last tile are zeros, so that n + 1 tokens never cost less than n.
/// </summary>
public readonly struct TokenTiles
{
    private readonly int widest;

    /// <summary>Splits <paramref name="tokens"/> tokens.</summary>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="widest">The widest tile of the rung, a power of two.</param>
    public TokenTiles(int tokens, int widest)
    {
        this.widest = widest;
        Tokens = tokens;
        int rest = tokens % widest;
        Count = (tokens / widest) + (rest == 0 ? 0 : 1);
        PaddedTokens = (tokens - rest) + (rest == 0 ? 0 : (int)BitOperations.RoundUpToPowerOf2((uint)rest));
    }

    /// <summary>Tokens in all.</summary>
    public int Tokens { get; }

    /// <summary>Tiles in all.</summary>
    public int Count { get; }

    /// <summary>Tokens including those that only fill the last tile.</summary>
    public int PaddedTokens { get; }

    /// <summary>The first token of a tile.</summary>
    public int First(int tile) => tile * widest;

    /// <summary>The width of a tile.</summary>
    public int Width(int tile) => Math.Min(widest, PaddedTokens - First(tile));

    /// <summary>How many of a tile's tokens exist.</summary>
    public int Present(int tile) => Math.Min(widest, Tokens - First(tile));
}
