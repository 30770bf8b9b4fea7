using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models;

/// <content>Floats: vectors, and matrices that are no products.</content>
public sealed partial class ModelLoader
{
    /// <summary>Floats that must be there.</summary>
    /// <exception cref="InvalidModelException">They are missing or of another length.</exception>
    public FloatVector Vector(string name, int length)
    {
        var tensor = Find(name);
        if (tensor.ElementCount != length)
            throw Refuse(tensor, $"should have {length} values");
        return Keep(Decode(tensor, length));
    }

    /// <summary>A matrix of floats that must be there, column by column.</summary>
    /// <param name="name">Tensor name.</param>
    /// <param name="rows">Rows in the file.</param>
    /// <param name="width">Values of a row in the file.</param>
    /// <returns>[width, rows].</returns>
    /// <exception cref="InvalidModelException">It is missing or of another shape.</exception>
    public FloatVector Transposed(string name, int rows, int width)
    {
        var tensor = Find(name);
        if (tensor.Dimensions[0] != width || tensor.ElementCount != (long)rows * width || tensor.ElementCount > Array.MaxLength)
            throw Refuse(tensor, $"should be [{width}, {rows}]");
        float[] values = Decode(tensor, rows * width);
        float[] transposed = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
            transposed[(i % width * rows) + (i / width)] = values[i];
        return Keep(transposed);
    }

    /// <summary>A matrix of floats that must be there, sixteen rows together column by column, for kernels whose lanes are rows.</summary>
    /// <param name="name">Tensor name.</param>
    /// <param name="rows">Rows in the file.</param>
    /// <param name="width">Values of a row in the file.</param>
    /// <returns>[rows / 16, rounded up][width][16]; zeros where there are no rows any more.</returns>
    /// <exception cref="InvalidModelException">It is missing or of another shape.</exception>
    public FloatVector RowsAsLanes(string name, int rows, int width)
    {
        var tensor = Find(name);
        if (tensor.Dimensions[0] != width || tensor.ElementCount != (long)rows * width || tensor.ElementCount > Array.MaxLength)
            throw Refuse(tensor, $"should be [{width}, {rows}]");
        float[] values = Decode(tensor, rows * width);
        float[] lanes = new float[checked(LayerState.Pad(rows) * width)];
        for (int i = 0; i < values.Length; i++)
        {
            int row = i / width;
            lanes[(((row / 16 * width) + (i % width)) * 16) + (row % 16)] = values[i];
        }

        return Keep(lanes);
    }

    /// <summary>Floats that must be there, each so many times.</summary>
    /// <returns>[length, times].</returns>
    /// <exception cref="InvalidModelException">They are missing or of another length.</exception>
    public FloatVector Repeated(string name, int length, int times)
    {
        var tensor = Find(name);
        if (tensor.ElementCount != length)
            throw Refuse(tensor, $"should have {length} values");
        float[] values = Decode(tensor, length);
        float[] repeated = new float[checked(length * times)];
        for (int i = 0; i < repeated.Length; i++)
            repeated[i] = values[i / times];
        return Keep(repeated);
    }

    /// <summary>The first row of a matrix that must be there.</summary>
    /// <exception cref="InvalidModelException">It is missing or of another width.</exception>
    public FloatVector FirstRow(string name, int width)
    {
        var tensor = Find(name);
        if (tensor.Dimensions.Length > 2 || tensor.Dimensions[0] != width || tensor.ElementCount < width)
            throw Refuse(tensor, $"should have rows of {width} values");
        return Keep(Decode(tensor, width));
    }

    /// <summary>Several vectors one after another in one tensor, as floats of each expert.</summary>
    /// <exception cref="InvalidModelException">They are missing or of another length.</exception>
    public FloatVector[] Vectors(string name, int count, int length)
    {
        var tensor = Find(name);
        int total = checked(count * length);
        if (tensor.ElementCount != total)
            throw Refuse(tensor, $"should have {count} times {length} values");
        float[] values = Decode(tensor, total);
        return [.. Enumerable.Range(0, count).Select(i => Keep(values.AsSpan(i * length, length)))];
    }

    /// <summary>Floats that may be missing.</summary>
    /// <exception cref="InvalidModelException">They are of another length.</exception>
    public FloatVector? OptionalVector(string name, int length) => Has(name) ? Vector(name, length) : null;

    /// <summary>Vectors one after another, zeros for those that the file does not have; null if it has none of them.</summary>
    /// <exception cref="InvalidModelException">One is of another length.</exception>
    public FloatVector? OptionalVectors(params ReadOnlySpan<(string Name, int Length)> vectors)
    {
        int total = 0;
        bool any = false;
        foreach (var (name, length) in vectors)
        {
            total += length;
            any |= Has(name);
        }

        if (!any)
            return null;
        float[] joined = new float[total];
        int at = 0;
        foreach (var (name, length) in vectors)
        {
            if (Has(name))
                Vector(name, length).Values.CopyTo(joined.AsSpan(at));
            at += length;
        }

        return Keep(joined);
    }

    private float[] Decode(GgufTensor tensor, int count)
    {
        if (!WeightFormat.TryGet(tensor.Type, out var format))
            throw Refuse(tensor, $"is of a type that cannot be read ({tensor.Type})");
        float[] values = new float[count];
        format.Decode(tensor.Slice(0, format.RowBytes(count)), values);
        Advance(tensor);
        return values;
    }

    private FloatVector Keep(ReadOnlySpan<float> values)
    {
        var vector = new FloatVector(values);
        loaded.Add(vector);
        return vector;
    }
}
