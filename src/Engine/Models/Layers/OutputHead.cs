using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>The end of a decoder: the last norm, and logits where the pass wants them.</summary>
/// <param name="Norm">The last norm.</param>
/// <param name="Matrix">[vocabulary, width].</param>
/// <param name="Scale">Factor of the logits.</param>
/// <param name="SoftCap">If above 0, logits become cap * tanh(logit / cap).</param>
public sealed record OutputHead(INorm Norm, Linear Matrix, float Scale = 1, float SoftCap = 0)
{
    /// <summary>[outputs, vocabulary], or normed states [outputs, width]; outside of any scope.</summary>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var states = Norm.Apply(pass, x);
        if (pass.Output == PassOutput.States)
            return states;
        var logits = Matrix.Apply(pass, states);
        if (Scale != 1)
            pass.Cpu.Scale(logits, Scale);
        if (SoftCap > 0)
            pass.Cpu.SoftCap(logits, SoftCap);
        return logits;
    }
}
