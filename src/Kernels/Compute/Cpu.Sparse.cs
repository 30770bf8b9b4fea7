using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Sparse;

namespace Hearth.Kernels.Compute;

/// <content>Products that read only what active neurons need, and the same products whole.</content>
public sealed unsafe partial class Cpu
{
    /// <summary>The neurons that a gate leaves active: whose value is neither negative nor zero. What is not a number is active, to stay visible.</summary>
    /// <param name="gate">[n, neurons].</param>
    /// <param name="row">Whose.</param>
    public Neurons Active(Rows gate, int row)
    {
        int* indices = RentIndices(gate.Width);
        return new Neurons(indices, IsMeasuring ? gate.Width : ListActive(gate.Row(row), gate.Width, indices));
    }

    /// <summary>Some of a row's values, side by side in a new row.</summary>
    /// <param name="x">[n, neurons].</param>
    /// <param name="row">Whose.</param>
    /// <param name="neurons">Which.</param>
    public Rows Gather(Rows x, int row, Neurons neurons)
    {
        var gathered = Rent(1, neurons.Count);
        for (int i = 0; !IsMeasuring && i < neurons.Count; i++)
            gathered.Pointer[i] = x.Row(row)[neurons.Indices[i]];
        return gathered;
    }

    /// <summary>y += the bias of some neurons.</summary>
    /// <param name="bias">[neurons], or null.</param>
    /// <param name="neurons">Which.</param>
    /// <param name="y">[1, as many].</param>
    public void AddBias(FloatVector? bias, Neurons neurons, Rows y)
    {
        for (int i = 0; bias != null && !IsMeasuring && i < neurons.Count; i++)
            y.Pointer[i] += bias.Pointer[neurons.Indices[i]];
    }

    /// <summary>up = 0 where the gate is negative or zero.</summary>
    /// <param name="gate">[n, neurons].</param>
    /// <param name="up">[n, neurons].</param>
    public void KeepActive(Rows gate, Rows up) => ForEach(new KeepActiveOperation(gate, up), up.Count, up.Width);

    /// <summary>Products of one token with some rows of a matrix, and no others are read.</summary>
    /// <param name="input">[1, columns].</param>
    /// <param name="weights">The matrix.</param>
    /// <param name="neurons">Which rows.</param>
    /// <param name="y">[1, as many].</param>
    public void Multiply(ref MatMulInput input, RowMatrix weights, Neurons neurons, Rows y)
    {
        if (input.Rows.Width != weights.Columns || input.Rows.Count != y.Count || y.Width != neurons.Count || neurons.Count > weights.Rows)
            ThrowShapes(input.Rows, weights.Rows, weights.Columns, y);
        byte* packed = Packed(ref input, weights.Kernel.Activations);
        using var scope = Scope();
        byte* scratch = Arena.Rent(ChosenRows.ScratchBytes(Pool, weights)).Pointer;
        if (!IsMeasuring)
            ChosenRows.Multiply(Pool, weights, neurons.Indices, neurons.Count, packed, y.Count, y.Pointer, y.Stride, scratch);
    }

    /// <summary>Products with all rows of a matrix: the bytes of those with some.</summary>
    /// <param name="input">[n, columns].</param>
    /// <param name="weights">The matrix.</param>
    /// <param name="y">[n, rows].</param>
    public void Multiply(ref MatMulInput input, RowMatrix weights, Rows y)
    {
        var all = new Neurons(RentIndices(weights.Rows), weights.Rows);
        for (int i = 0; !IsMeasuring && i < all.Count; i++)
            all.Indices[i] = i;
        Multiply(ref input, weights, all, y);
    }

    /// <summary>y = the rows of some inputs, times their values, added up; rows of zeros are not read.</summary>
    /// <param name="x">[1, as many as neurons].</param>
    /// <param name="neurons">Which inputs.</param>
    /// <param name="weights">The matrix.</param>
    /// <param name="y">[1, outputs].</param>
    /// <returns>How many rows were read.</returns>
    public int Multiply(Rows x, Neurons neurons, InputMatrix weights, Rows y)
    {
        if (x.Width != neurons.Count || neurons.Count > weights.Inputs || x.Count != 1 || y.Count != 1 || y.Width != weights.Outputs)
            ThrowShapes(x, weights.Outputs, weights.Inputs, y);
        using var scope = Scope();
        int* rows = RentIndices(neurons.Count);
        float* factors = Arena.RentFloats(neurons.Count);
        byte* scratch = Arena.Rent(InputProducts.ScratchBytes(Pool, weights)).Pointer;
        if (IsMeasuring)
            return 0;
        int count = DropZeros(x.Pointer, neurons, rows, factors);
        InputProducts.AddChosen(Pool, weights, rows, factors, count, y.Pointer, scratch);
        return count;
    }

    /// <summary>y = all rows times all inputs: the bytes of the sum over those that are not zero.</summary>
    /// <param name="x">[n, inputs].</param>
    /// <param name="weights">The matrix.</param>
    /// <param name="y">[n, outputs].</param>
    public void Multiply(Rows x, InputMatrix weights, Rows y)
    {
        if (x.Width != weights.Inputs || y.Width != weights.Outputs || x.Count != y.Count)
            ThrowShapes(x, weights.Outputs, weights.Inputs, y);
        using var scope = Scope();
        var input = Prepare(x);
        byte* packed = Packed(ref input, weights.Kernel.Activations);
        byte* scratch = Arena.Rent(InputProducts.ScratchBytes(Pool, weights)).Pointer;
        if (!IsMeasuring)
            InputProducts.MultiplyAll(Pool, weights, packed, x.Count, y.Pointer, y.Stride, scratch);
    }

    private int* RentIndices(int count) => (int*)Arena.Rent(Math.Max(1, count) * (long)sizeof(int)).Pointer;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ListActive(float* values, int count, int* indices)
    {
        int active = 0;
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            uint silent = Vector256.LessThanOrEqual(Vector256.Load(values + i), Vector256<float>.Zero).ExtractMostSignificantBits();
            for (uint left = ~silent & 0xFF; left != 0; left &= left - 1)
                indices[active++] = i + BitOperations.TrailingZeroCount(left);
        }

        for (; i < count; i++)
        {
            if (!(values[i] <= 0))
                indices[active++] = i;
        }

        return active;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int DropZeros(float* values, Neurons neurons, int* rows, float* factors)
    {
        int kept = 0;
        for (int i = 0; i < neurons.Count; i++)
        {
            rows[kept] = neurons.Indices[i];
            factors[kept] = values[i];
            kept += values[i] == 0 ? 0 : 1;
        }

        return kept;
    }

    private readonly struct KeepActiveOperation(Rows gate, Rows up) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.KeepWherePositive(gate.Row(row), up.Row(row), up.Width);
    }
}
