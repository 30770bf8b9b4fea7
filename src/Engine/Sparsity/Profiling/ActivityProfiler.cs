using Hearth.Engine.Evaluation;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Sparse;

namespace Hearth.Engine.Sparsity.Profiling;

/// <summary>Reads a text with a model and counts what its neurons do.</summary>
public static class ActivityProfiler
{
    /// <summary>Reads a text window by window and counts. No other session of the model may compute meanwhile.</summary>
    /// <param name="model">The model, opened with <see cref="SparsityMode.Exact"/>.</param>
    /// <param name="windows">The text; each window is read from its beginning on.</param>
    /// <param name="allowedLoss">The share of energy that a predictor may lose.</param>
    /// <param name="progress">Told after each window, or null.</param>
    /// <param name="cancellation">Acts between windows.</param>
    /// <exception cref="ArgumentException">There are no windows.</exception>
    /// <exception cref="InvalidModelException">No block of the model leaves true zeros.</exception>
    /// <exception cref="NotSupportedException">The model is an encoder.</exception>
    public static SparsityProfile Profile(
        HearthModel model,
        IReadOnlyList<TextWindow> windows,
        double allowedLoss,
        IProgress<PerplexityProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Count == 0)
            throw new ArgumentException("A profile needs at least one window of text.", nameof(windows));
        if (model.SparseLayers.Count == 0)
        {
            throw new InvalidModelException(
                $"{model.Name}: has no feed-forward block that leaves true zeros, or adapters change it, so there is nothing to count.");
        }

        var counters = new List<NeuronCounter>();
        try
        {
            foreach (var layer in model.SparseLayers)
            {
                counters.Add(new NeuronCounter(layer.Name, layer.Neurons, SignsOf(model, layer), model.Kernels, model.Workers));
                layer.Observer = counters[^1];
            }

            using var session = model.CreateSession();
            for (int i = 0; i < windows.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                session.Rewind(0);

                // The last block computes only what is asked for.
                session.AppendAll(windows[i].Tokens.Span, static _ => { });
                progress?.Report(new PerplexityProgress(i + 1, windows.Count, double.NaN));
            }

            return new SparsityProfile(
                model.Name, counters[0].Tokens, (float)allowedLoss, [.. counters.Select(counter => counter.Finish(allowedLoss))]);
        }
        finally
        {
            foreach (var layer in model.SparseLayers)
                layer.Observer = null;
            foreach (var counter in counters)
                counter.Dispose();
        }
    }

    private static SignPlane? SignsOf(HearthModel model, LayerActivity layer)
    {
        if (!layer.CanVote)
            return null;
        var tensor = model.Tensors.First(tensor => tensor.Name == layer.Name + ".weight");
        if (!WeightFormat.TryGet(tensor.Type, out var format))
            return null;
        var plane = new SignPlane(layer.Neurons, (int)tensor.Dimensions[0]);
        SignRows.Fill(plane, tensor, format, model.Workers);
        return plane;
    }
}
