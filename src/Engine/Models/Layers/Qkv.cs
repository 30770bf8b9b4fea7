using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values of a pass's tokens in one layer.</summary>
/// <param name="Queries">[n, heads x key length].</param>
/// <param name="Keys">[n, KV heads x key length].</param>
/// <param name="Values">[n, KV heads x value length].</param>
/// <param name="Gate">[n, heads x value length], or [n, heads], which multiplies what the heads give; null for none.</param>
public readonly record struct Qkv(Rows Queries, Rows Keys, Rows Values, Rows? Gate = null);
