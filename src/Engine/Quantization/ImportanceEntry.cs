namespace Hearth.Engine.Quantization;

/// <summary>What was seen at the inputs of one tensor.</summary>
/// <param name="Sums">Sums of squares: for each matrix of the tensor as many as it has columns.</param>
/// <param name="Counts">For each matrix the number of tokens that were summed up.</param>
public sealed record ImportanceEntry(float[] Sums, float[] Counts)
{
    /// <summary>Matrices of the tensor, one an expert.</summary>
    public int Matrices => Counts.Length;

    /// <summary>Columns of each.</summary>
    public int Columns => Sums.Length / Counts.Length;

    /// <summary>Mean squares; ones for an expert that no token ever came to.</summary>
    public float[] Means()
    {
        float[] means = new float[Sums.Length];
        for (int i = 0; i < means.Length; i++)
        {
            float count = Counts[i / Columns];
            means[i] = count > 0 ? Sums[i] / count : 1;
        }

        return means;
    }
}
