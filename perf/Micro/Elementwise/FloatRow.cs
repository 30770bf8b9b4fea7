using Hearth.Kernels.Memory;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Elementwise;

/// <summary>One row of floats that kernels and the tensor library both reach.</summary>
internal sealed unsafe class FloatRow : IDisposable
{
    private readonly AlignedBuffer buffer;

    public FloatRow(int width) => (buffer, Width) = (new AlignedBuffer(width * sizeof(float)), width);

    public FloatRow(int width, int seed, float scale = 1)
        : this(width)
        => Draws.Floats(width, seed, scale).CopyTo(Values);

    public int Width { get; }

    public float* Pointer => (float*)buffer.Pointer;

    public Span<float> Values => new(buffer.Pointer, Width);

    public void Dispose() => buffer.Dispose();
}
