using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Compute;

/// <summary>
/// Rows on their way into matrix products: packed once for each layout that the matrices ask for. Its packed forms live in the
/// arena until the scope that it was prepared in ends.
/// </summary>
public unsafe struct MatMulInput
{
    private Packed first;
    private Packed second;
    private Packed third;

    internal MatMulInput(Rows rows) => Rows = rows;

    /// <summary>The rows.</summary>
    public Rows Rows { get; }

    internal bool TryFind(in ActivationLayout layout, out byte* packed)
    {
        packed = first.Is(layout) ? first.Bytes : second.Is(layout) ? second.Bytes : third.Is(layout) ? third.Bytes : null;
        return first.Is(layout) || second.Is(layout) || third.Is(layout);
    }

    internal void Keep(in ActivationLayout layout, byte* packed)
    {
        third = second;
        second = first;
        first = new Packed(layout, packed);
    }

    private readonly struct Packed(ActivationLayout layout, byte* bytes)
    {
        private readonly bool isSet = true;

        public byte* Bytes { get; } = bytes;

        public bool Is(in ActivationLayout other) => isSet && layout == other;
    }
}
