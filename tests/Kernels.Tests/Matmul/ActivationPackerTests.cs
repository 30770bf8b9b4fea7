using FsCheck.Xunit;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Tests.Isa;

namespace Hearth.Kernels.Tests.Matmul;

public sealed unsafe class ActivationPackerTests
{
    private static readonly ActivationLayout[] Layouts =
    [
        .. RungCase.All.SelectMany(rung => rung.Kernels.Panels).Select(panel => panel.Activations with { TileTokens = 1 }).Distinct(),
    ];

    [Property(MaxTest = 60)]
    public void Packed_activations_are_what_the_layout_describes(int seed)
    {
        var random = new Random(seed);
        foreach (var layout in Layouts)
        {
            // Whole blocks at the least: a matrix's columns divide into blocks of its type.
            int columns = Math.Max(layout.BlockColumns, layout.IsFloat ? 1 : 32) * random.Next(1, 6);
            int tokens = random.Next(1, 19);
            int stride = columns + random.Next(3);
            var x = new float[tokens * stride];
            for (int i = 0; i < x.Length; i++)
                x[i] = Value(random);
            foreach (var rung in RungCase.All)
            {
                var tiled = layout with { TileTokens = rung.Kernels.Panels.First().Activations.TileTokens };
                byte[] expected = Expected(tiled, x, stride, tokens, columns, tiled.TileTokens);
                byte[] actual = Pack(rung.Kernels, tiled, x, stride, tokens, columns);
                Assert.True(expected.AsSpan().SequenceEqual(actual), $"{rung} {layout} {tokens} tokens, {columns} columns");
            }
        }
    }

    [Fact]
    public void Numbers_that_are_none_make_a_block_that_is_none_on_every_rung()
    {
        foreach (var layout in Layouts.Where(layout => !layout.IsFloat))
        {
            foreach (float odd in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                for (int at = 0; at < layout.BlockColumns; at += 5)
                {
                    var x = new float[2 * layout.BlockColumns];
                    Array.Fill(x, 0.25f);
                    x[at] = odd;
                    foreach (var rung in RungCase.All)
                    {
                        byte[] packed = Pack(rung.Kernels, layout, x, x.Length, 1, x.Length);
                        int scaleAt = layout.BlockBytes - sizeof(float);
                        Assert.All(packed[..scaleAt], value => Assert.Equal(0, value));
                        Assert.True(float.IsNaN(BitConverter.ToSingle(packed, scaleAt)), $"{rung} {layout} {odd}");
                        Assert.Equal(0.25f / 127, BitConverter.ToSingle(packed, layout.BlockBytes + scaleAt));
                    }
                }
            }
        }
    }

    private static float Value(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => 2.5f,
        2 => (random.NextSingle() - 0.5f) * 1e-38f,
        3 => (random.NextSingle() - 0.5f) * 1e6f,
        _ => random.NextSingle() - 0.5f,
    };

    private static byte[] Pack(KernelSet kernels, ActivationLayout layout, float[] x, int stride, int tokens, int columns)
    {
        using var source = GuardedBuffer.Of<float>(x.AsSpan(0, ((tokens - 1) * stride) + columns));
        using var packed = new GuardedBuffer(kernels.ActivationBytes(layout, tokens, columns));
        int tiles = new TokenTiles(tokens, layout.TileTokens).Count;
        kernels.PackActivations(layout, (float*)source.Pointer, stride, tokens, columns, packed.Pointer, 0, tiles);
        return new ReadOnlySpan<byte>(packed.Pointer, (int)packed.Bytes).ToArray();
    }

    /// <summary>The layout's remarks, dword by dword.</summary>
    private static byte[] Expected(ActivationLayout layout, float[] x, int stride, int tokens, int columns, int widest)
    {
        var bytes = new List<byte>();
        var tiles = new TokenTiles(tokens, widest);
        int padded = (columns + layout.ChunkColumns - 1) / layout.ChunkColumns * layout.ChunkColumns;
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            int width = tiles.Width(tile);
            for (int column = 0; column < padded; column += layout.BlockColumns)
            {
                var values = new int[width][];
                var scales = new float[width];
                for (int t = 0; t < width; t++)
                {
                    var block = new float[layout.BlockColumns];
                    for (int i = 0; t < tiles.Present(tile) && i < block.Length && column + i < columns; i++)
                        block[i] = x[((tiles.First(tile) + t) * stride) + column + i];
                    float largest = block.Max(MathF.Abs);
                    float inverse = largest <= ActivationLayout.SmallestMagnitude ? 0 : 127 / largest;
                    scales[t] = layout.IsFloat ? MathF.ScaleB(block[0], layout.Exponent) : largest / 127;
                    values[t] = Array.ConvertAll(block, value => (int)MathF.Round(value * inverse));
                }

                if (!layout.IsFloat)
                    Integers(layout, values, bytes);
                foreach (float scale in scales)
                    bytes.AddRange(BitConverter.GetBytes(scale));
            }
        }

        return [.. bytes];
    }

    private static void Integers(ActivationLayout layout, int[][] values, List<byte> bytes)
    {
        for (int group = 0; group < layout.BlockColumns; group += layout.GroupColumns)
        {
            for (int quad = group; quad < group + layout.GroupColumns; quad += 4)
            {
                foreach (int[] token in values)
                    bytes.AddRange(token.Skip(quad).Take(4).Select(value => (byte)value));
            }

            if (layout.Correction == GroupCorrection.None)
                continue;
            foreach (int[] token in values)
            {
                int[] columns = [.. token.Skip(group).Take(layout.GroupColumns)];
                if (layout.Correction == GroupCorrection.Whole)
                    bytes.AddRange(BitConverter.GetBytes(-layout.Zero * columns.Sum()));
                else
                    Pair(-layout.Zero * columns.Where((_, i) => i % 4 < 2).Sum(), -layout.Zero * columns.Where((_, i) => i % 4 >= 2).Sum());
            }
        }

        for (int group = 0; layout.GroupSums && group < layout.BlockColumns; group += 2 * layout.GroupColumns)
        {
            foreach (int[] token in values)
                Pair(token.Skip(group).Take(layout.GroupColumns).Sum(), token.Skip(group + layout.GroupColumns).Take(layout.GroupColumns).Sum());
        }

        void Pair(int low, int high)
        {
            bytes.AddRange(BitConverter.GetBytes((short)low));
            bytes.AddRange(BitConverter.GetBytes((short)high));
        }
    }
}
