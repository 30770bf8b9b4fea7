namespace Hearth.Cli.Commands;

/// <summary>One repetition of a test.</summary>
/// <param name="Time">What its tokens took.</param>
/// <param name="MemoryBandwidth">Bytes per second that the same threads read from memory meanwhile; null where nothing is compared with it.</param>
internal readonly record struct BenchSample(TimeSpan Time, double? MemoryBandwidth);
