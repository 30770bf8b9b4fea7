using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Sines and cosines of a pass's positions.</summary>
/// <param name="Cosines">[n, pairs].</param>
/// <param name="Sines">[n, pairs].</param>
public readonly record struct RotaryAngles(Rows Cosines, Rows Sines);
