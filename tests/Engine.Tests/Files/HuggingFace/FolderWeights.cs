namespace Hearth.Engine.Tests.Files.HuggingFace;

/// <summary>The tensors of a test model by GGUF's names, on their way to a folder's.</summary>
internal sealed class FolderWeights
{
    private readonly Dictionary<string, (long[] Shape, float[] Values)> all = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => all.Keys;

    public (long[] Shape, float[] Values) this[string name]
    {
        get => all[name];
        set => all[name] = value;
    }

    public bool Has(string name) => all.ContainsKey(name);

    public (long[] Shape, float[] Values) Take(string name)
    {
        Assert.True(all.Remove(name, out var tensor), name);
        return tensor;
    }

    public void Change(string name, Func<float, float> change)
        => all[name] = (all[name].Shape, [.. all[name].Values.Select(change)]);

    public void See(string name, params long[] shape) => all[name] = (shape, all[name].Values);

    /// <summary>Puts each row of the last two dimensions elsewhere.</summary>
    public void MoveRows(string name, Func<int, int> target)
    {
        var (shape, values) = all[name];
        int rows = (int)shape[0];
        all[name] = (shape, Moved(values, rows, target));
    }

    public static float[] Moved(float[] values, int rows, Func<int, int> target)
    {
        int columns = values.Length / rows;
        float[] moved = new float[values.Length];
        for (int row = 0; row < rows; row++)
            values.AsSpan(row * columns, columns).CopyTo(moved.AsSpan(target(row) * columns));
        return moved;
    }

    /// <summary>Rows from pairs to halves, head by head.</summary>
    public static float[] Halved(float[] values, int rows, int heads)
    {
        int length = rows / heads;
        return Moved(values, rows, row => (row / length * length) + (row % length % 2 * (length / 2)) + (row % length / 2));
    }

    /// <summary>Turns each matrix of the last two dimensions.</summary>
    public static (long[] Shape, float[] Values) Turned((long[] Shape, float[] Values) tensor)
    {
        (int rows, int columns) = ((int)tensor.Shape[^2], (int)tensor.Shape[^1]);
        float[] turned = new float[tensor.Values.Length];
        for (int i = 0; i < turned.Length; i++)
        {
            (int matrix, int at) = Math.DivRem(i, rows * columns);
            turned[(matrix * rows * columns) + (at % columns * rows) + (at / columns)] = tensor.Values[i];
        }

        return ([.. tensor.Shape[..^2], columns, rows], turned);
    }

    /// <summary>Joins the rows of two stacks matrix by matrix: first all of one, or in turn.</summary>
    public static (long[] Shape, float[] Values) Joined((long[] Shape, float[] Values) first, (long[] Shape, float[] Values) second, bool inTurn)
    {
        (int rows, int columns) = ((int)first.Shape[^2], (int)first.Shape[^1]);
        float[] joined = new float[2 * first.Values.Length];
        for (int row = 0; row < first.Values.Length / columns; row++)
        {
            (int matrix, int at) = Math.DivRem(row, rows);
            int start = matrix * 2 * rows;
            first.Values.AsSpan(row * columns, columns).CopyTo(joined.AsSpan((start + (inTurn ? 2 * at : at)) * columns));
            second.Values.AsSpan(row * columns, columns).CopyTo(joined.AsSpan((start + (inTurn ? (2 * at) + 1 : rows + at)) * columns));
        }

        return ([.. first.Shape[..^2], 2 * rows, columns], joined);
    }
}
