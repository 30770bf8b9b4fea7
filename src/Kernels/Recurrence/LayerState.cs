using Hearth.Kernels.Attention;

namespace Hearth.Kernels.Recurrence;

/// <summary>A part of what a layer keeps of each sequence.</summary>
/// <param name="States">The slots.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Start">Floats of the layer that stand before it, a multiple of 16.</param>
public readonly record struct LayerState(RecurrentStates States, int Layer, int Start)
{
    /// <summary>The next multiple of 16 floats: rows of a state begin on full registers.</summary>
    public static int Pad(int floats) => checked((floats + 15) / 16 * 16);

    internal unsafe float* Of(in AttentionSpan span) => States.Layer(span.State, Layer) + Start;
}
