using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Compute;

/// <content>Operations row by row.</content>
public sealed unsafe partial class Cpu
{
    // About a microsecond of work on one core: less than that is not worth a fork.
    private const int FloatsPerChunk = 8192;

    private interface IRowOperation
    {
        void Run(ElementwiseKernels kernels, int row);
    }

    /// <summary>y = x.</summary>
    public void Copy(Rows x, Rows y) => ForEach(new CopyOperation(x, y), x.Count, x.Width);

    /// <summary>y[i] = x[indices[i]].</summary>
    /// <param name="x">The source rows.</param>
    /// <param name="indices">One row of <paramref name="x"/> per row of <paramref name="y"/>.</param>
    /// <param name="y">As many rows as indices, as wide as <paramref name="x"/>.</param>
    public void Gather(Rows x, ReadOnlySpan<int> indices, Rows y)
    {
        if (IsMeasuring)
            return;
        for (int row = 0; row < y.Count; row++)
            x[indices[row]].CopyTo(y[row]);
    }

    /// <summary>y[indices[i]] += weights[i] * x[i], in the order of the rows.</summary>
    /// <param name="x">The source rows.</param>
    /// <param name="indices">One row of <paramref name="y"/> per row of <paramref name="x"/>, each at most once.</param>
    /// <param name="weights">One factor per row of <paramref name="x"/>.</param>
    /// <param name="y">The sums.</param>
    public void ScatterAdd(Rows x, ReadOnlySpan<int> indices, ReadOnlySpan<float> weights, Rows y)
    {
        if (IsMeasuring)
            return;
        for (int row = 0; row < x.Count; row++)
            Kernels.Elementwise.AddScaled(y.Row(indices[row]), x.Row(row), weights[row], y.Row(indices[row]), y.Width);
    }

    /// <summary>y = x / rms(x) * weight, row by row; heads of <paramref name="width"/> values within a row are normalised each by itself.</summary>
    /// <param name="x">Rows; may be <paramref name="y"/>.</param>
    /// <param name="weight">As long as a head, or as a whole row; null for none.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="y">The result.</param>
    /// <param name="width">Values of a head; 0 for whole rows.</param>
    public void RmsNorm(Rows x, FloatVector? weight, float epsilon, Rows y, int width = 0)
        => ForEach(new RmsNormOperation(x, weight, epsilon, y, width == 0 ? x.Width : width), x.Count, 4 * x.Width);

    /// <summary>y = (x - mean) / deviation * weight + bias, row by row or head by head as in <see cref="RmsNorm"/>.</summary>
    /// <param name="x">Rows; may be <paramref name="y"/>.</param>
    /// <param name="weight">As long as a head, or as a whole row; null for none.</param>
    /// <param name="bias">Likewise; null for none.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">The result.</param>
    /// <param name="width">Values of a head; 0 for whole rows.</param>
    public void LayerNorm(Rows x, FloatVector? weight, FloatVector? bias, float epsilon, Rows y, int width = 0)
        => ForEach(new LayerNormOperation(x, weight, bias, epsilon, y, width == 0 ? x.Width : width), x.Count, 6 * x.Width);

    /// <summary>y = max(0, y - bound), row by row; see <see cref="ElementwiseKernels.KeepLargest"/>.</summary>
    public void KeepLargest(Rows y, float deviations) => ForEach(new KeepLargestOperation(deviations, y), y.Count, 3 * y.Width);

    /// <summary>y *= rms(x) / rms(y), row by row; see <see cref="ElementwiseKernels.MatchMagnitude"/>.</summary>
    public void MatchMagnitude(Rows x, Rows y) => ForEach(new MatchMagnitudeOperation(x, y), y.Count, 3 * y.Width);

    /// <summary>y += x.</summary>
    public void Add(Rows x, Rows y) => ForEach(new AddOperation(x, y), x.Count, x.Width);

    /// <summary>y += x * factor.</summary>
    public void AddScaled(Rows x, float factor, Rows y) => ForEach(new AddScaledOperation(x, factor, y), x.Count, x.Width);

    /// <summary>y += bias, on every row.</summary>
    public void AddBias(FloatVector? bias, Rows y)
    {
        if (bias != null)
            ForEach(new AddBiasOperation(bias, y), y.Count, y.Width);
    }

    /// <summary>y *= factor.</summary>
    public void Scale(Rows y, float factor) => ForEach(new ScaleOperation(y, factor), y.Count, y.Width);

    /// <summary>y = 0.</summary>
    public static void Clear(Rows y) => y.AsSpan2D().Clear();

    /// <summary>y = y limited to [-limit, limit].</summary>
    public void Clamp(Rows y, float limit) => ForEach(new ClampOperation(y, limit), y.Count, y.Width);

    /// <summary>y[i] *= factors[i][0].</summary>
    public void ScaleRows(Rows y, Rows factors) => ForEach(new ScaleRowsOperation(y, factors), y.Count, y.Width);

    /// <summary>y *= x.</summary>
    public void Multiply(Rows x, Rows y) => ForEach(new MultiplyOperation(x, y), x.Count, x.Width);

    /// <summary>y *= factors, of which there are as many as values or one for each of a row's heads.</summary>
    /// <param name="factors">[n, width of y], or [n, heads].</param>
    /// <param name="y">[n, heads x headLength].</param>
    public void ScaleHeads(Rows factors, Rows y)
    {
        if (factors.Width == y.Width)
            Multiply(factors, y);
        else
            ForEach(new ScaleHeadsOperation(factors, y.Width / factors.Width, y), y.Count, y.Width);
    }

    /// <summary>Heads of two parts each, side by side, become two rows of heads.</summary>
    /// <param name="both">[n, heads x 2 x headLength].</param>
    /// <param name="headLength">Values of a part.</param>
    /// <param name="first">[n, heads x headLength].</param>
    /// <param name="second">[n, heads x headLength].</param>
    public void SplitHeads(Rows both, int headLength, Rows first, Rows second)
        => ForEach(new SplitHeadsOperation(both, headLength, first, second), both.Count, both.Width);

    /// <summary>y += x * s, head by head, s being the sum of the head's factors.</summary>
    /// <param name="factors">[n, heads x headLength].</param>
    /// <param name="x">[n, heads x headLength].</param>
    /// <param name="headLength">Values of a head.</param>
    /// <param name="y">[n, heads x headLength].</param>
    public void AddScaledByHeadSums(Rows factors, Rows x, int headLength, Rows y)
        => ForEach(new AddScaledByHeadSumsOperation(factors, x, headLength, y), y.Count, 2 * y.Width);

    /// <summary>y *= factors, on every row.</summary>
    public void MultiplyBy(FloatVector factors, Rows y) => ForEach(new MultiplyByOperation(factors, y), y.Count, y.Width);

    /// <summary>y = cap * tanh(y / cap).</summary>
    public void SoftCap(Rows y, float cap) => ForEach(new SoftCapOperation(y, cap), y.Count, 16 * y.Width);

    /// <summary>y = softmax(y), row by row.</summary>
    public void Softmax(Rows y) => ForEach(new SoftmaxOperation(y), y.Count, 16 * y.Width);

    /// <summary>y = function(y).</summary>
    public void Activate(Activation activation, Rows y) => ForEach(new ActivateOperation(activation, y), y.Count, 16 * y.Width);

    /// <summary>y = function(gate) * up.</summary>
    public void Gate(Activation activation, Rows gate, Rows up, Rows y)
        => ForEach(new GateOperation(activation, gate, up, y), y.Count, 16 * y.Width);

    /// <summary>y = the gated unit of gpt-oss; see <see cref="ElementwiseKernels.ClampedSwiGlu"/>.</summary>
    public void ClampedSwiGlu(Rows gate, Rows up, float alpha, float limit, Rows y)
        => ForEach(new ClampedSwiGluOperation(gate, up, alpha, limit, y), y.Count, 16 * y.Width);

    /// <summary>y = xIELU of y; see <see cref="ElementwiseKernels.Xielu"/>.</summary>
    public void Xielu(Rows y, float square, float exponential, float line, float limit)
        => ForEach(new XieluOperation(y, square, exponential, line, limit), y.Count, 16 * y.Width);

    private void ForEach<TOperation>(in TOperation operation, int rows, int floatsPerRow)
        where TOperation : struct, IRowOperation
    {
        if (IsMeasuring)
            return;
        int chunks = (int)Math.Min(Math.Min(rows, 4 * Pool.Threads), 1 + (rows * (long)floatsPerRow / FloatsPerChunk));
        var region = new RowRegion<TOperation>(operation, Kernels.Elementwise, rows, chunks);
        Pool.Run(ref region, chunks);
    }

    private readonly struct RowRegion<TOperation>(TOperation operation, ElementwiseKernels kernels, int rows, int chunks) : IParallelRegion
        where TOperation : struct, IRowOperation
    {
        public void Run(int chunk, int worker)
        {
            var range = ChunkRange.Of(rows, chunk, chunks);
            for (int row = range.Start; row < range.End; row++)
                operation.Run(kernels, row);
        }
    }

    private readonly struct CopyOperation(Rows x, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => x[row].CopyTo(y[row]);
    }

    private readonly struct RmsNormOperation(Rows x, FloatVector? weight, float epsilon, Rows y, int width) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
        {
            for (int at = 0; at < x.Width; at += width)
                kernels.RmsNorm(x.Row(row) + at, Weights(weight, at, width), epsilon, y.Row(row) + at, width);
        }
    }

    private readonly struct LayerNormOperation(Rows x, FloatVector? weight, FloatVector? bias, float epsilon, Rows y, int width) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
        {
            for (int at = 0; at < x.Width; at += width)
            {
                kernels.LayerNorm(
                    x.Row(row) + at, Weights(weight, at, width), Weights(bias, at, width), epsilon, y.Row(row) + at, width);
            }
        }
    }

    private readonly struct KeepLargestOperation(float deviations, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.KeepLargest(y.Row(row), deviations, y.Row(row), y.Width);
    }

    private readonly struct MatchMagnitudeOperation(Rows x, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.MatchMagnitude(x.Row(row), y.Row(row), y.Width);
    }

    private readonly struct AddOperation(Rows x, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.Add(x.Row(row), y.Row(row), y.Row(row), y.Width);
    }

    private readonly struct AddScaledOperation(Rows x, float factor, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.AddScaled(y.Row(row), x.Row(row), factor, y.Row(row), y.Width);
    }

    private readonly struct AddBiasOperation(FloatVector bias, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.Add(bias.Pointer, y.Row(row), y.Row(row), y.Width);
    }

    private readonly struct ScaleOperation(Rows y, float factor) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.Scale(y.Row(row), factor, y.Row(row), y.Width);
    }

    private readonly struct ClampOperation(Rows y, float limit) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
            => System.Numerics.Tensors.TensorPrimitives.Clamp(y[row], -limit, limit, y[row]);
    }

    private readonly struct ScaleRowsOperation(Rows y, Rows factors) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.Scale(y.Row(row), *factors.Row(row), y.Row(row), y.Width);
    }

    private readonly struct MultiplyOperation(Rows x, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.Multiply(x.Row(row), y.Row(row), y.Row(row), y.Width);
    }

    private readonly struct ScaleHeadsOperation(Rows factors, int headLength, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
        {
            float* factor = factors.Row(row);
            for (int at = 0; at < y.Width; at += headLength)
                kernels.Scale(y.Row(row) + at, *factor++, y.Row(row) + at, headLength);
        }
    }

    private readonly struct SplitHeadsOperation(Rows both, int headLength, Rows first, Rows second) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
        {
            var source = both[row];
            for (int at = 0; at < first.Width; at += headLength)
            {
                source.Slice(2 * at, headLength).CopyTo(first[row][at..]);
                source.Slice((2 * at) + headLength, headLength).CopyTo(second[row][at..]);
            }
        }
    }

    private readonly struct AddScaledByHeadSumsOperation(Rows factors, Rows x, int headLength, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
        {
            for (int at = 0; at < y.Width; at += headLength)
            {
                float* head = y.Row(row) + at;
                kernels.AddScaled(head, x.Row(row) + at, kernels.Sum(factors.Row(row) + at, headLength), head, headLength);
            }
        }
    }

    private readonly struct MultiplyByOperation(FloatVector factors, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.Multiply(factors.Pointer, y.Row(row), y.Row(row), y.Width);
    }

    private readonly struct SoftCapOperation(Rows y, float cap) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.SoftCap(y.Row(row), cap, y.Row(row), y.Width);
    }

    private readonly struct SoftmaxOperation(Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.Softmax(y.Row(row), y.Width);
    }

    private readonly struct ActivateOperation(Activation activation, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row) => kernels.Activate(activation, y.Row(row), y.Row(row), y.Width);
    }

    private readonly struct GateOperation(Activation activation, Rows gate, Rows up, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
            => kernels.Gate(activation, gate.Row(row), up.Row(row), y.Row(row), y.Width);
    }

    private readonly struct XieluOperation(Rows y, float square, float exponential, float line, float limit) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
            => kernels.Xielu(y.Row(row), square, exponential, line, limit, y.Row(row), y.Width);
    }

    private readonly struct ClampedSwiGluOperation(Rows gate, Rows up, float alpha, float limit, Rows y) : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
            => kernels.ClampedSwiGlu(gate.Row(row), up.Row(row), alpha, limit, y.Row(row), y.Width);
    }

    /// <summary>A weight as long as a head serves all heads; one as long as the row has its own part for each.</summary>
    private static float* Weights(FloatVector? weight, int at, int width)
        => weight == null ? null : weight.Pointer + (weight.Length > width ? at : 0);
}
