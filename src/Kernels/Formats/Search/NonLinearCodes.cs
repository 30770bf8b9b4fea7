namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Sixteen numbers that lie closer together around zero: the table that <see cref="IQ4_NL"/> and <see cref="IQ4_XS"/> share.
/// </summary>
internal static class NonLinearCodes
{
    /// <summary>The numbers, ascending.</summary>
    internal static ReadOnlySpan<sbyte> Values => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>For searches: the value of largest magnitude falls near the first number or, turned round, near the last.</summary>
    internal static TableCodes Codes { get; } = new(
        [.. Values.ToArray().Select(value => (float)value)], Candidates.From(Values[0] - 8, Values[^1] + 8, 32));
}
