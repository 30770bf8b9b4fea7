namespace Hearth.Engine.Evaluation;

/// <summary>How far measuring has come.</summary>
/// <param name="Done">Windows that were read.</param>
/// <param name="Total">Windows in all.</param>
/// <param name="Value">The figure so far: perplexity, or where two models are compared the mean divergence.</param>
public readonly record struct PerplexityProgress(int Done, int Total, double Value);
