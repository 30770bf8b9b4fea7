using Hearth.Kernels.Elementwise;

namespace Hearth.Kernels.Tests.Elementwise;

/// <summary>Runs an operation on every rung, compares the bytes, and gives back the row.</summary>
internal static class ElementwiseAssert
{
    /// <summary>The spacing of floats around 1.</summary>
    public const double Ulp = 1.0 / (1 << 23);

    public static FloatRow SameOnEveryRung(int width, Action<ElementwiseKernels, FloatRow> operation)
    {
        FloatRow? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            var row = new FloatRow(width);
            operation(kernels.Elementwise, row);
            row.AssertCanaries();
            first ??= row;
            Assert.Equal(first.Bits, row.Bits);
        }

        return first!;
    }

    public static void Close(double expected, float actual, double tolerance, string what)
        => Assert.True(Math.Abs(actual - expected) <= tolerance, $"{what}: expected {expected:R}, got {actual:R}, off by {actual - expected:E2}, allowed {tolerance:E2}");
}
