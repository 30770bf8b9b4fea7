namespace Hearth.Engine.Sampling;

/// <summary>What a sampler may know besides the candidates.</summary>
/// <param name="history">Accepted tokens, oldest first.</param>
/// <param name="seed">The chain's seed.</param>
/// <param name="position">Index in the sequence of the token to be drawn.</param>
/// <param name="state">The chain's state before this token.</param>
internal readonly ref struct SamplingStep(ReadOnlySpan<int> history, ulong seed, ulong position, SamplerState state)
{
    public ReadOnlySpan<int> History { get; } = history;

    public ulong Seed { get; } = seed;

    public ulong Position { get; } = position;

    public SamplerState State { get; } = state;

    /// <summary>The last <paramref name="lastN"/> tokens of the history, all of it for -1.</summary>
    public ReadOnlySpan<int> Window(int lastN) =>
        lastN < 0 || lastN >= History.Length ? History : History[^lastN..];
}
