using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Elementwise;

/// <summary>The row operations compiled for one rung.</summary>
internal sealed unsafe class ElementwiseKernels<TRung> : ElementwiseKernels
    where TRung : unmanaged, IRung<TRung>
{
    public override void RmsNorm(float* x, float* weight, float eps, float* y, int width)
        => Normalization<TRung>.RmsNorm(x, weight, eps, y, width);

    public override void LayerNorm(float* x, float* weight, float* bias, float eps, float* y, int width)
        => Normalization<TRung>.LayerNorm(x, weight, bias, eps, y, width);

    public override void KeepLargest(float* x, float deviations, float* y, int width)
        => Normalization<TRung>.KeepLargest(x, deviations, y, width);

    public override void MatchMagnitude(float* x, float* y, int width) => Normalization<TRung>.MatchMagnitude(x, y, width);

    public override void Add(float* a, float* b, float* y, int width) => Rows<TRung>.Zip(default(Sum<TRung>), a, b, y, width);

    public override void AddScaled(float* a, float* b, float factor, float* y, int width)
        => Rows<TRung>.Zip(new ScaledSum<TRung>(TRung.Broadcast(factor)), a, b, y, width);

    public override void Multiply(float* a, float* b, float* y, int width) => Rows<TRung>.Zip(default(Product<TRung>), a, b, y, width);

    public override void KeepWherePositive(float* gate, float* y, int width)
        => Rows<TRung>.Zip(default(KeptWherePositive<TRung>), gate, y, y, width);

    public override void Scale(float* x, float factor, float* y, int width)
        => Rows<TRung>.Map(new Scaled<TRung>(TRung.Broadcast(factor)), x, y, width);

    public override void Activate(Activation activation, float* x, float* y, int width)
    {
        switch (activation)
        {
            case Activation.Silu: Activate<Silu>(x, y, width); break;
            case Activation.Gelu: Activate<Gelu>(x, y, width); break;
            case Activation.GeluErf: Activate<GeluErf>(x, y, width); break;
            case Activation.GeluQuick: Activate<GeluQuick>(x, y, width); break;
            case Activation.Relu: Activate<Relu>(x, y, width); break;
            case Activation.ReluSquared: Activate<ReluSquared>(x, y, width); break;
            case Activation.Sigmoid: Activate<Sigmoid>(x, y, width); break;
            case Activation.Tanh: Activate<Tanh>(x, y, width); break;
            case Activation.Softplus: Activate<Softplus>(x, y, width); break;
            case Activation.Exp: Activate<Exponential>(x, y, width); break;
            default: throw Unknown(activation);
        }
    }

    public override void Gate(Activation activation, float* gate, float* up, float* y, int width)
    {
        switch (activation)
        {
            case Activation.Silu: Gate<Silu>(gate, up, y, width); break;
            case Activation.Gelu: Gate<Gelu>(gate, up, y, width); break;
            case Activation.GeluErf: Gate<GeluErf>(gate, up, y, width); break;
            case Activation.GeluQuick: Gate<GeluQuick>(gate, up, y, width); break;
            case Activation.Relu: Gate<Relu>(gate, up, y, width); break;
            case Activation.ReluSquared: Gate<ReluSquared>(gate, up, y, width); break;
            case Activation.Sigmoid: Gate<Sigmoid>(gate, up, y, width); break;
            case Activation.Tanh: Gate<Tanh>(gate, up, y, width); break;
            case Activation.Softplus: Gate<Softplus>(gate, up, y, width); break;
            case Activation.Exp: Gate<Exponential>(gate, up, y, width); break;
            default: throw Unknown(activation);
        }
    }

    public override void ClampedSwiGlu(float* gate, float* up, float alpha, float limit, float* y, int width)
        => Rows<TRung>.Zip(new ClampedSwiGlu<TRung>(TRung.Broadcast(alpha), TRung.Broadcast(limit)), gate, up, y, width);

    public override void Xielu(float* x, float square, float exponential, float line, float limit, float* y, int width)
        => Rows<TRung>.Map(
            new Xielu<TRung>(TRung.Broadcast(square), TRung.Broadcast(exponential), TRung.Broadcast(line), TRung.Broadcast(limit)), x, y, width);

    public override void SoftCap(float* x, float cap, float* y, int width)
        => Rows<TRung>.Map(new SoftCapped<TRung>(TRung.Broadcast(1 / cap), TRung.Broadcast(cap)), x, y, width);

    public override void Softmax(float* x, int width) => Normalization<TRung>.Softmax(x, width);

    public override float Sum(float* x, int width) => Normalization<TRung>.Sum(x, width);

    public override float Max(float* x, int width) => Normalization<TRung>.Max(x, width);

    public override int ArgMax(float* x, int width) => Normalization<TRung>.ArgMax(x, width);

    public override void RotatePairs(float* x, int heads, int headDim, float* cos, float* sin, int rotated)
        => Rotary<TRung>.RotatePairs(x, heads, headDim, cos, sin, rotated);

    public override void RotateHalves(float* x, int heads, int headDim, float* cos, float* sin, int rotated)
        => Rotary<TRung>.RotateHalves(x, heads, headDim, cos, sin, rotated);

    private static void Activate<TActivation>(float* x, float* y, int width)
        where TActivation : struct, IActivation
        => Rows<TRung>.Map(default(Activated<TRung, TActivation>), x, y, width);

    private static void Gate<TActivation>(float* gate, float* up, float* y, int width)
        where TActivation : struct, IActivation
        => Rows<TRung>.Zip(default(Gated<TRung, TActivation>), gate, up, y, width);

    private static ArgumentOutOfRangeException Unknown(Activation activation)
        => new(nameof(activation), activation, "The activation is not defined.");
}
