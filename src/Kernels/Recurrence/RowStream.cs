using Hearth.Kernels.Compute;

namespace Hearth.Kernels.Recurrence;

/// <summary>Floats at the same columns of consecutive rows, one row per token.</summary>
internal readonly unsafe struct RowStream(float* first, nint stride)
{
    public float* this[int token] => first + (token * stride);

    public static RowStream Of(Rows rows, int row, int column) => new(rows.Row(row) + column, rows.Stride);
}
