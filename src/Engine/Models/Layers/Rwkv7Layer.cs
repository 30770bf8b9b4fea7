using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Layers;

/// <summary>A layer of RWKV-7: a mixer of tokens and a mixer of channels, each of which also sees the token before.</summary>
/// <param name="Layer">The layer in the cache.</param>
/// <param name="TimeNorm">Norm of the first mixer's input.</param>
/// <param name="TimeMix">The mixer of tokens.</param>
/// <param name="ChannelNorm">Norm of the second mixer's input.</param>
/// <param name="ChannelProportions">[width]: of the token before, in the second mixer's input.</param>
/// <param name="ChannelMix">The mixer of channels.</param>
public sealed record Rwkv7Layer(
    int Layer,
    INorm TimeNorm,
    Rwkv7TimeMix TimeMix,
    INorm ChannelNorm,
    FloatVector ChannelProportions,
    FeedForward ChannelMix)
{
    /// <summary>What the layer keeps of a sequence: the last token before either mixer, and the heads' states.</summary>
    public KvLayerShape Cache => KvLayerShape.Recurrent(checked((2 * ShiftFloats) + TimeMix.Heads.StateFloats));

    private int ShiftFloats => LayerState.Pad(ChannelProportions.Length);

    /// <summary>x += the mixers of x.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width], changed in place.</param>
    /// <param name="firstValues">[n, width]: the first layer's values.</param>
    public void Forward(ForwardPass pass, Rows x, Rows firstValues)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using (pass.Cpu.Scope())
        {
            var shift = TokenShift.Of(pass, pass.StateOf(Layer), TimeNorm.Apply(pass, x));
            pass.Cpu.Add(TimeMix.Apply(pass, shift, pass.StateOf(Layer, 2 * ShiftFloats), firstValues), x);
        }

        using (pass.Cpu.Scope())
        {
            var shift = TokenShift.Of(pass, pass.StateOf(Layer, ShiftFloats), ChannelNorm.Apply(pass, x));
            pass.Cpu.Add(ChannelMix.Apply(pass, shift.Mix(pass, ChannelProportions)), x);
        }
    }
}
