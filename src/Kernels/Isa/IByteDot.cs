namespace Hearth.Kernels.Isa;

/// <summary>
/// How rows of 4 unsigned weight bytes, one row a 32-bit lane, meet 4 signed activation bytes: the difference between x64 rungs with and without VNNI.
/// </summary>
/// <typeparam name="TSums">A vector of 32-bit integers.</typeparam>
/// <typeparam name="TWeights">The same bits as unsigned bytes.</typeparam>
/// <typeparam name="TActivations">The same bits as signed bytes.</typeparam>
internal interface IByteDot<TSums, TWeights, TActivations>
    where TSums : struct
    where TWeights : struct
    where TActivations : struct
{
    /// <summary>The rung that multiplies like this.</summary>
    static abstract Rung Rung { get; }

    /// <summary>Whether the instruction exists.</summary>
    static abstract bool IsSupported { get; }

    /// <inheritdoc cref="IRung{TSelf}.HasByteDot"/>
    static abstract bool HasByteDot { get; }

    /// <summary>Adds to narrow sums.</summary>
    static abstract TSums Add(TSums sum, TWeights weights, TActivations activations);

    /// <summary>Narrow sums as 32-bit integers.</summary>
    static abstract TSums ToInt32(TSums sum);

    /// <summary>Scales in 32-bit lanes, in the form that <see cref="ScaleAdd"/> takes.</summary>
    static abstract TSums Scales(TSums scales);

    /// <summary>total + scales * narrow sums, as 32-bit integers.</summary>
    static abstract TSums ScaleAdd(TSums total, TSums sum, TSums scales);
}
