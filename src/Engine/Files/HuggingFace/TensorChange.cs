namespace Hearth.Engine.Files.HuggingFace;

/// <summary>What a tensor of a folder goes through to be GGUF's.</summary>
internal enum TensorChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>
    /// Rows of each query head change from halves to pairs: row i and row i + n/2, which rotary embedding turns together, come to stand
    /// side by side.
    /// </summary>
    PairQuery,

    /// <summary>As <see cref="PairQuery"/>, for the rows of key heads.</summary>
    PairKey,

    /// <summary>One is added: the norm multiplies with 1 + weight.</summary>
    AddOne,

    /// <summary>Rows become columns.</summary>
    Transpose,

    /// <summary>From the query, key and value of each head in turn to all queries, all keys, all values.</summary>
    GatherHeads,

    /// <summary>From the queries, key and value of each group of heads in turn to all queries, all keys, all values.</summary>
    GatherGroups,

    /// <summary>The first half of the rows: the gate of gate and up in one.</summary>
    FirstHalf,

    /// <summary>The second half of the rows: up of gate and up in one.</summary>
    SecondHalf,
}
