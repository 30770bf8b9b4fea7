namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// What a tensor of a folder goes through to be GGUF's: it is seen in another shape, some of its rows are taken in some order, then some of
/// its columns, then its matrices are turned, then values become others. Each step may be absent.
/// </summary>
internal sealed record TensorChange
{
    /// <summary>Nothing.</summary>
    public static TensorChange None { get; } = new();

    /// <summary>One is added: the norm multiplies with 1 + weight.</summary>
    public static TensorChange AddOne { get; } = new() { Values = values => ForEach(values, value => value + 1) };

    /// <summary>-exp: the folder keeps the logarithm of how fast a state decays.</summary>
    public static TensorChange NegatedExponential { get; } = new() { Values = values => ForEach(values, value => -MathF.Exp(value)) };

    /// <summary>Rows become columns, in each matrix of several; a vector stays.</summary>
    public static TensorChange Transpose { get; } = new() { Transposes = true };

    /// <summary>Sizes of 1 are left out: a convolution of each channel by itself.</summary>
    public static TensorChange Squeeze { get; } = new() { Reshape = (_, shape) => [.. shape.Where(size => size != 1)] };

    /// <summary>A vector becomes a matrix of one column.</summary>
    public static TensorChange Column { get; } = new() { Reshape = (_, shape) => [.. shape, 1] };

    /// <summary>
    /// Rows of each query head change from halves to pairs: row i and row i + n/2, which rotary embedding turns together, come to stand
    /// side by side.
    /// </summary>
    public static TensorChange PairQuery { get; } = OfRows((config, source) => HeadOrder.Paired(source, config.RequiredInt(CommonKeys.Heads)));

    /// <summary>As <see cref="PairQuery"/>, for the rows of key heads.</summary>
    public static TensorChange PairKey { get; } = OfRows((config, source) => HeadOrder.Paired(source, CommonKeys.KvHeadCount(config)));

    /// <summary>From the query, key and value of each head in turn to all queries, all keys, all values.</summary>
    public static TensorChange GatherHeads { get; } = OfRows((config, source) =>
    {
        int heads = config.RequiredInt(CommonKeys.Heads);
        return HeadOrder.Gathered(source, heads, heads);
    });

    /// <summary>The first half of the rows: the gate of gate and up in one.</summary>
    public static TensorChange FirstHalf { get; } = OfRows((_, source) => RowOrder.Half(source, 0));

    /// <summary>The second half of the rows: up of gate and up in one.</summary>
    public static TensorChange SecondHalf { get; } = OfRows((_, source) => RowOrder.Half(source, 1));

    /// <summary>The even rows: the gate of gate and up in turn.</summary>
    public static TensorChange EvenRows { get; } = OfRows((_, source) => RowOrder.EveryOther(source, 0));

    /// <summary>The odd rows: up of gate and up in turn.</summary>
    public static TensorChange OddRows { get; } = OfRows((_, source) => RowOrder.EveryOther(source, 1));

    /// <summary>The shape in which the tensor is seen.</summary>
    public Func<ModelConfig, long[], long[]>? Reshape { get; init; }

    /// <summary>Which rows are taken, of each matrix; the values of a vector are rows.</summary>
    public Func<ModelConfig, SourceMatrix, RowOrder>? Rows { get; init; }

    /// <summary>Which columns are taken.</summary>
    public Func<ModelConfig, SourceMatrix, RowOrder>? Columns { get; init; }

    /// <summary>Whether rows and columns change places.</summary>
    public bool Transposes { get; init; }

    /// <summary>What becomes of the values, which are floats then.</summary>
    public Action<Span<float>>? Values { get; init; }

    /// <summary>Rows in another order, or some of them.</summary>
    public static TensorChange OfRows(Func<ModelConfig, SourceMatrix, RowOrder> rows) => new() { Rows = rows };

    private static void ForEach(Span<float> values, Func<float, float> change)
    {
        foreach (ref float value in values)
            value = change(value);
    }
}
