using Hearth.Kernels.Compute;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Layers;

/// <summary>How far each token of a pass is from the one before: RWKV mixes the two for each of its matrices in a proportion of its own.</summary>
/// <param name="Current">[n, width].</param>
/// <param name="Difference">[n, width]: the token before minus this one.</param>
public readonly record struct TokenShift(Rows Current, Rows Difference)
{
    /// <summary>Looks back by one token.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="state">The last token of each sequence: [padded width].</param>
    /// <param name="x">[n, width].</param>
    public static TokenShift Of(ForwardPass pass, LayerState state, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var difference = pass.Cpu.Rent(x.Count, x.Width);
        pass.Cpu.Shift(state, pass.Spans, x, difference);
        pass.Cpu.AddScaled(x, -1, difference);
        return new TokenShift(x, difference);
    }

    /// <summary>Current + proportions * difference, in new rows.</summary>
    public Rows Mix(ForwardPass pass, FloatVector proportions)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(Current.Count, Current.Width);
        pass.Cpu.Copy(Difference, y);
        pass.Cpu.MultiplyBy(proportions, y);
        pass.Cpu.Add(Current, y);
        return y;
    }
}
