using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>LFM2's mixer (Liquid AI 2025): a convolution over a few tokens between two gates. out(c * convolve(b * u)).</summary>
/// <param name="Layer">The layer in the cache.</param>
/// <param name="Input">[3 x width, width]: b, c, u.</param>
/// <param name="Convolution">Between the gates.</param>
/// <param name="Output">[width, width].</param>
public sealed record ShortConvolutionMixer(int Layer, Linear Input, CausalConvolution Convolution, Linear Output) : ISublayer
{
    /// <summary>Loads the <c>shortconv</c> tensors of a layer.</summary>
    public static ShortConvolutionMixer Load(ModelLoader loader, int layer, int width)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = $"blk.{layer}.shortconv.";
        return new ShortConvolutionMixer(
            layer,
            loader.Linear(name + "in_proj", 3 * width, width),
            CausalConvolution.Load(loader, name + "conv", "shortconv.l_cache", width),
            loader.Linear(name + "out_proj", width, width));
    }

    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => KvLayerShape.Recurrent(Convolution.StateFloats);

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        int width = Convolution.Channels;
        var y = cpu.Rent(x.Count, Output.Outputs);
        using var scope = cpu.Scope();
        var all = Input.Apply(pass, x);
        var u = all.Columns(2 * width, width);
        cpu.Multiply(all.Columns(0, width), u);
        var convolved = Convolution.Apply(pass, pass.StateOf(Layer), u);
        cpu.Multiply(all.Columns(width, width), convolved);
        Output.Apply(pass, convolved, y);
        return y;
    }
}
