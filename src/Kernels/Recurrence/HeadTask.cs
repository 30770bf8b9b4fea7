namespace Hearth.Kernels.Recurrence;

/// <summary>
/// A head whose state is a matrix of KeyLength rows and ValueLength columns, over consecutive tokens of one sequence. Columns do not meet,
/// so a lane is a column and no sum runs across lanes.
/// </summary>
internal unsafe struct HeadTask
{
    /// <summary>Tokens.</summary>
    public int Tokens;

    /// <summary>Rows of the state.</summary>
    public int KeyLength;

    /// <summary>Columns of the state.</summary>
    public int ValueLength;

    /// <summary>
    /// [ValueLength / 16, rounded up][KeyLength][16]: sixteen columns stand together. In whole rows they would be a power of two apart
    /// and drive each other out of the first cache: the delta rule of 128 x 128 then took 2.8 times as long.
    /// </summary>
    public float* State;

    /// <summary>One factor of the whole state per token, or [KeyLength], one a row.</summary>
    public RowStream Decays;

    /// <summary>One factor of what is written per token.</summary>
    public RowStream Rates;

    /// <summary>[KeyLength] of each token: where it writes.</summary>
    public RowStream Keys;

    /// <summary>[KeyLength] of each token: where it reads.</summary>
    public RowStream Queries;

    /// <summary>[ValueLength] of each token: what it writes.</summary>
    public RowStream Values;

    /// <summary>[KeyLength] of each token: what it looks up to be replaced.</summary>
    public RowStream Removals;

    /// <summary>[KeyLength] of each token: where what was looked up is added again.</summary>
    public RowStream Replacements;

    /// <summary>[ValueLength] of each token: what it reads; may be the values.</summary>
    public RowStream Outputs;
}
