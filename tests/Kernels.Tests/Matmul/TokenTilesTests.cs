using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Tests.Matmul;

public sealed class TokenTilesTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Tiles_cover_every_token_once_and_in_order(int widest)
    {
        for (int tokens = 1; tokens <= 40; tokens++)
        {
            var tiles = new TokenTiles(tokens, widest);
            int next = 0;
            for (int tile = 0; tile < tiles.Count; tile++)
            {
                Assert.Equal(next, tiles.First(tile));
                Assert.InRange(tiles.Present(tile), 1, tiles.Width(tile));
                Assert.True(int.IsPow2(tiles.Width(tile)) && tiles.Width(tile) <= widest);
                next += tiles.Present(tile);
            }

            Assert.Equal(tokens, next);
            Assert.Equal(tiles.PaddedTokens, Enumerable.Range(0, tiles.Count).Sum(tile => tiles.Width(tile)));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void A_token_more_never_needs_less_room(int widest)
    {
        for (int tokens = 1; tokens < 40; tokens++)
            Assert.True(new TokenTiles(tokens, widest).PaddedTokens <= new TokenTiles(tokens + 1, widest).PaddedTokens);
    }

    [Theory]
    [InlineData(3, new[] { 4 })]
    [InlineData(5, new[] { 4, 1 })]
    [InlineData(6, new[] { 4, 2 })]
    [InlineData(7, new[] { 8 })]
    [InlineData(12, new[] { 8, 4 })]
    [InlineData(13, new[] { 8, 4, 1 })]
    [InlineData(15, new[] { 8, 8 })]
    public void A_tile_that_would_be_nearly_half_empty_is_two(int tokens, int[] widths)
    {
        var tiles = new TokenTiles(tokens, 8);
        Assert.Equal(widths, Enumerable.Range(0, tiles.Count).Select(tiles.Width));
    }
}
