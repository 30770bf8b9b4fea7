namespace Hearth.Kernels.Tests.Elementwise;

/// <summary>A row of floats with an address, between canaries that no kernel may read (they are not numbers) or write.</summary>
internal sealed unsafe class FloatRow
{
    private const int Before = 3;
    private const int Behind = 32;
    private const uint Canary = 0xFFFF_FFFF;

    private readonly float[] memory;

    public FloatRow(int width)
    {
        memory = GC.AllocateUninitializedArray<float>(Before + width + Behind, pinned: true);
        Array.Fill(memory, BitConverter.UInt32BitsToSingle(Canary));
        Width = width;
    }

    public FloatRow(params ReadOnlySpan<float> values)
        : this(values.Length) => values.CopyTo(Values);

    public int Width { get; }

    public float* Pointer
    {
        get
        {
            fixed (float* start = memory)
                return start + Before;
        }
    }

    public Span<float> Values => memory.AsSpan(Before, Width);

    public uint[] Bits => [.. Values.ToArray().Select(BitConverter.SingleToUInt32Bits)];

    /// <summary>Normally distributed numbers times a factor.</summary>
    public static FloatRow Random(Random random, int width, double factor = 1)
    {
        var row = new FloatRow(width);
        foreach (ref float value in row.Values)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            value = (float)(factor * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return row;
    }

    public FloatRow Copy() => new(Values);

    public void AssertCanaries()
    {
        for (int i = 0; i < memory.Length; i++)
        {
            if (i < Before || i >= Before + Width)
                Assert.Equal(Canary, BitConverter.SingleToUInt32Bits(memory[i]));
        }
    }
}
