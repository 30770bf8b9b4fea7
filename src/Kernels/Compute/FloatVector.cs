using Hearth.Kernels.Memory;

namespace Hearth.Kernels.Compute;

/// <summary>Floats that a model keeps as they are: norm weights, biases, rotary factors. Immutable and shared by threads.</summary>
public sealed unsafe class FloatVector : IDisposable
{
    private readonly AlignedBuffer buffer;

    /// <summary>Copies values.</summary>
    /// <param name="values">The values, at least one.</param>
    public FloatVector(ReadOnlySpan<float> values)
    {
        Length = values.Length;
        buffer = new AlignedBuffer(Math.Max(1, values.Length) * (long)sizeof(float));
        values.CopyTo(new Span<float>(buffer.Pointer, values.Length));
    }

    /// <summary>How many.</summary>
    public int Length { get; }

    /// <summary>The values.</summary>
    public ReadOnlySpan<float> Values => new(buffer.Pointer, Length);

    internal float* Pointer => (float*)buffer.Pointer;

    /// <inheritdoc/>
    public void Dispose() => buffer.Dispose();
}
