using System.Numerics.Tensors;
using Hearth.Engine.Evaluation;
using Hearth.Engine.Models;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Quantization;

/// <summary>Sums up the squares of what a model multiplies its matrices with while it reads a text.</summary>
public sealed class ImportanceCollector : IProductObserver
{
    private readonly IReadOnlyDictionary<PackedMatrix, MatrixName> names;
    private readonly bool withOutput;
    private readonly Dictionary<string, (double[] Sums, long[] Counts)> totals = new(StringComparer.Ordinal);
    private double[] squares = [];

    private ImportanceCollector(IReadOnlyDictionary<PackedMatrix, MatrixName> names, bool withOutput)
    {
        this.names = names;
        this.withOutput = withOutput;
    }

    /// <summary>Reads a text window by window and collects. No other session of the model may compute meanwhile.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">The text; each window is read from its beginning on.</param>
    /// <param name="dataset">What the text is called.</param>
    /// <param name="withOutput">Whether the output matrix is collected too, which quantisers rarely use.</param>
    /// <param name="progress">Told after each window, or null.</param>
    /// <param name="cancellation">Acts within a window.</param>
    /// <exception cref="ArgumentException">There are no windows.</exception>
    /// <exception cref="ContextFullException">A window is longer than the model's context.</exception>
    /// <exception cref="NotSupportedException">The model is an encoder.</exception>
    public static ImportanceMatrix Collect(
        HearthModel model,
        IReadOnlyList<TextWindow> windows,
        string dataset,
        bool withOutput = false,
        IProgress<PerplexityProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Count == 0)
            throw new ArgumentException("An importance matrix needs at least one window of text.", nameof(windows));
        var collector = new ImportanceCollector(model.MatrixNames, withOutput);
        using var session = model.CreateSession();
        model.Runner.Observer = collector;
        try
        {
            for (int i = 0; i < windows.Count; i++)
            {
                session.Rewind(0);
                session.Append(windows[i].Tokens.Span, cancellation);
                progress?.Report(new PerplexityProgress(i + 1, windows.Count, double.NaN));
            }
        }
        finally
        {
            model.Runner.Observer = null;
        }

        return collector.Finish(model.Name, dataset, windows.Count, windows[0].Tokens.Length);
    }

    /// <inheritdoc/>
    void IProductObserver.Observe(PackedMatrix weights, Rows input)
    {
        if (!names.TryGetValue(weights, out var name))
            return;
        if (!name.Tensor.StartsWith("blk.", StringComparison.Ordinal) && !(withOutput && name.Tensor == "output.weight"))
            return;
        int columns = input.Width;
        if (!totals.TryGetValue(name.Tensor, out var total))
            totals.Add(name.Tensor, total = (new double[(long)columns * name.Count], new long[name.Count]));
        if (squares.Length < columns)
            squares = new double[columns];
        var row = squares.AsSpan(0, columns);
        var sums = total.Sums.AsSpan(name.Index * columns, columns);
        for (int i = 0; i < input.Count; i++)
        {
            TensorPrimitives.ConvertTruncating<float, double>(input[i], row);
            TensorPrimitives.MultiplyAdd<double>(row, row, sums, sums);
        }

        total.Counts[name.Index] += input.Count;
    }

    private ImportanceMatrix Finish(string source, string dataset, int chunks, int chunkSize)
    {
        var entries = totals.ToDictionary(
            pair => pair.Key,
            pair => new ImportanceEntry(
                Array.ConvertAll(pair.Value.Sums, sum => (float)sum), Array.ConvertAll(pair.Value.Counts, count => (float)count)));
        return new ImportanceMatrix(source, entries, [dataset], chunks, chunkSize);
    }
}
