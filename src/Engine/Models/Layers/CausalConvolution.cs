using Hearth.Kernels.Compute;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Layers;

/// <summary>A convolution over the last few tokens, channel by channel; its tail is a part of its layer's state.</summary>
/// <param name="Taps">[kernel, channels], the oldest token's first.</param>
/// <param name="Bias">[channels], or null.</param>
/// <param name="Kernel">Tokens that a result depends on.</param>
/// <param name="Channels">Channels.</param>
public sealed record CausalConvolution(FloatVector Taps, FloatVector? Bias, int Kernel, int Channels)
{
    private const int MaxKernel = 64;

    /// <summary>Floats of the state: the last inputs but one kernel's newest.</summary>
    public int StateFloats => checked((Kernel - 1) * LayerState.Pad(Channels));

    /// <summary>Loads <c>name.weight</c> and, if the file has it, <c>name.bias</c>.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="name">Tensor name without its ending.</param>
    /// <param name="kernelKey">The hyper-parameter with the number of taps.</param>
    /// <param name="channels">Channels.</param>
    /// <exception cref="InvalidModelException">A tensor is of another shape, or the number of taps makes no sense.</exception>
    public static CausalConvolution Load(ModelLoader loader, string name, string kernelKey, int channels)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int kernel = loader.Parameters.Int(kernelKey, 2, MaxKernel);
        return new CausalConvolution(
            loader.Transposed(name + ".weight", channels, kernel), loader.OptionalVector(name + ".bias", channels), kernel, channels);
    }

    /// <summary>The convolution in new rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="state">Its tail: <see cref="StateFloats"/> floats.</param>
    /// <param name="x">[n, channels].</param>
    /// <returns>[n, channels].</returns>
    public Rows Apply(ForwardPass pass, LayerState state, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Channels);
        pass.Cpu.Convolve(state, pass.Spans, Taps, Bias, x, y);
        return y;
    }
}
