using System.Globalization;
using System.Runtime.InteropServices;
using Hearth.Kernels.Formats;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>Streams the contents of a model's tensors: the same bytes for the same seed, on any number of cores.</summary>
internal sealed class WeightGenerator(ModelShape shape, ulong seed)
{
    private const int ChunkBytes = 1 << 24;
    private const int PoolWeights = 1 << 18;
    private const int FirstPoolWeights = 1 << 14;

    private readonly Dictionary<(WeightType, float, float?), BlockPool> pools = [];
    private byte[] chunk = [];

    /// <summary>Writes a tensor.</summary>
    public void Write(TensorPlan plan, Stream stream)
    {
        if (plan.Rows == 0)
        {
            stream.Write(MemoryMarshal.AsBytes(WeightRecipe.Vector(plan, shape, SplitMix.For(seed, plan.Name, 0)).AsSpan()));
            return;
        }

        if (!WeightFormat.TryGet(plan.Type, out var format))
            throw new NotSupportedException($"{plan.Name}: {plan.Type} cannot be encoded.");
        var fillRow = RowFiller(plan, format);
        var rowBytes = (int)format.RowBytes(plan.Columns);
        var chunkRows = Math.Clamp(ChunkBytes / rowBytes, 1, plan.Rows);
        if (chunk.Length < chunkRows * rowBytes)
            chunk = new byte[chunkRows * rowBytes];
        for (var start = 0; start < plan.Rows; start += chunkRows)
        {
            var rows = Math.Min(chunkRows, plan.Rows - start);
            var first = start;
            Parallel.For(0, rows, i => fillRow(first + i, chunk.AsSpan(i * rowBytes, rowBytes)));
            stream.Write(chunk, 0, rows * rowBytes);
        }
    }

    private Action<int, Span<byte>> RowFiller(TensorPlan plan, WeightFormat format)
    {
        var recipe = WeightRecipe.For(plan, shape);
        if ((long)plan.Columns * plan.Rows <= PoolWeights)
            return (row, bytes) => EncodeRow(bytes, format, plan.Columns, recipe, row, SplitMix.For(seed, plan.Name, row));

        var pool = PoolOf(format, recipe.Deviation, null);
        var firstPools = Array.ConvertAll(recipe.FirstWeights, first => PoolOf(format, recipe.Deviation, first));
        return (row, bytes) =>
        {
            if (row == 0 && recipe.SilentFirstRow)
                BlockPool.EncodeRow(format, new float[plan.Columns], bytes);
            else
                DrawRow(bytes, pool, firstPools, SplitMix.For(seed, plan.Name, row));
        };
    }

    /// <summary>Draws weights one by one: for matrices so small that rows drawn from a pool would repeat.</summary>
    private static void EncodeRow(Span<byte> bytes, WeightFormat format, int columns, WeightRecipe recipe, int row, SplitMix random)
    {
        var weights = new float[columns];
        if (row != 0 || !recipe.SilentFirstRow)
        {
            foreach (ref var weight in weights.AsSpan())
                weight = random.Normal() * recipe.Deviation;
            if (recipe.FirstWeights.Length > 0)
                weights[0] = recipe.FirstWeights[random.Below(recipe.FirstWeights.Length)];
        }

        BlockPool.EncodeRow(format, weights, bytes);
    }

    private static void DrawRow(Span<byte> row, BlockPool pool, BlockPool[] firstPools, SplitMix random)
    {
        var at = 0;
        if (firstPools.Length > 0)
        {
            var firstPool = firstPools[random.Below(firstPools.Length)];
            at = Copy(firstPool[random.Below(firstPool.Count)], row);
        }

        while (at < row.Length)
            at += Copy(pool[random.Below(pool.Count)], row[at..]);
    }

    private static int Copy(ReadOnlySpan<byte> piece, Span<byte> row)
    {
        var bytes = Math.Min(piece.Length, row.Length);
        piece[..bytes].CopyTo(row);
        return bytes;
    }

    private BlockPool PoolOf(WeightFormat format, float deviation, float? firstWeight)
    {
        if (!pools.TryGetValue((format.Type, deviation, firstWeight), out var pool))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{format.Type} {deviation:R} {firstWeight:R}");
            pool = BlockPool.Create(
                format, firstWeight is null ? PoolWeights : FirstPoolWeights, deviation, firstWeight, SplitMix.For(seed, name, 0));
            pools.Add((format.Type, deviation, firstWeight), pool);
        }

        return pool;
    }
}
