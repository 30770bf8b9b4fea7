using Hearth.Engine.Files;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;

namespace Hearth.Engine.Evaluation;

/// <summary>Reads a text window by window and measures a model's guesses.</summary>
/// <remarks>The model needs a context as long as a window; more outputs a pass (64, say) make it faster.</remarks>
public static class PerplexityRun
{
    /// <summary>Measures perplexity.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">The text.</param>
    /// <param name="progress">Told after each window, or null.</param>
    /// <param name="cancellation">Acts within a window.</param>
    /// <exception cref="ContextFullException">A window is longer than the model's context.</exception>
    /// <exception cref="SamplingException">Logits are no distribution.</exception>
    public static PerplexityMeter Measure(
        HearthModel model,
        IReadOnlyList<TextWindow> windows,
        IProgress<PerplexityProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(windows);
        var meter = new PerplexityMeter();
        ForEach(model, windows, (logits, next) => meter.Add(logits, next), () => meter.Value, progress, cancellation);
        return meter;
    }

    /// <summary>Measures perplexity and keeps all guesses in a file, written whole or not at all.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">The text, windows side by side.</param>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told after each window, or null.</param>
    /// <param name="cancellation">Acts within a window.</param>
    /// <exception cref="ContextFullException">A window is longer than the model's context.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static PerplexityMeter Save(
        HearthModel model,
        IReadOnlyList<TextWindow> windows,
        string path,
        IProgress<PerplexityProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        var meter = new PerplexityMeter();
        AtomicFile.Write(path, stream =>
        {
            LogitsFile.WriteHeader(stream, windows, model.Shape.VocabularySize);
            ForEach(
                model,
                windows,
                (logits, next) =>
                {
                    meter.Add(logits, next);
                    LogitsFile.WriteRow(stream, logits);
                },
                () => meter.Value,
                progress,
                cancellation);
        });
        return meter;
    }

    /// <summary>Compares a model with another one that reads the same text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="other">The base, with the same vocabulary.</param>
    /// <param name="windows">The text.</param>
    /// <param name="progress">Told after each window, or null.</param>
    /// <param name="cancellation">Acts within a window.</param>
    /// <exception cref="InvalidModelException">The vocabularies have different sizes.</exception>
    /// <exception cref="ContextFullException">A window is longer than a model's context.</exception>
    public static DivergenceMeter Compare(
        HearthModel model,
        HearthModel other,
        IReadOnlyList<TextWindow> windows,
        IProgress<PerplexityProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var guesses = new ModelGuesses(other);
        return Compare(model, guesses, other.Name, other.Shape.VocabularySize, windows, progress, cancellation);
    }

    /// <summary>Compares a model with the guesses that another one left in a file, over the text that the file holds.</summary>
    /// <param name="model">The model; its context has to be as long as the file's windows.</param>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told after each window, or null.</param>
    /// <param name="cancellation">Acts within a window.</param>
    /// <exception cref="InvalidModelException">The file is none, is damaged, or of another vocabulary.</exception>
    /// <exception cref="ContextFullException">A window is longer than the model's context.</exception>
    public static DivergenceMeter Compare(
        HearthModel model,
        string path,
        IProgress<PerplexityProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var file = LogitsFile.Open(path);
        var windows = new List<TextWindow>(file.WindowCount);
        for (int i = 0; i < file.WindowCount; i++)
        {
            int[] tokens = file.Tokens(i).ToArray();
            if (Array.Exists(tokens, id => (uint)id >= (uint)model.Shape.VocabularySize))
                throw new InvalidModelException($"{path}: has tokens that are not in the model's vocabulary; it was made with another model.");
            windows.Add(new TextWindow(tokens, file.WindowLength / 2));
        }

        return Compare(model, file, path, file.VocabularySize, windows, progress, cancellation);
    }

    /// <summary>Tokens of a window in a file of logits: what a model's context has to hold to be compared with it.</summary>
    /// <exception cref="InvalidModelException">The file is none, or damaged.</exception>
    public static int WindowLength(string path)
    {
        using var file = LogitsFile.Open(path);
        return file.WindowLength;
    }

    private static DivergenceMeter Compare(
        HearthModel model,
        IBaseGuesses guesses,
        string baseName,
        int baseVocabulary,
        IReadOnlyList<TextWindow> windows,
        IProgress<PerplexityProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (baseVocabulary != model.Shape.VocabularySize)
        {
            throw new InvalidModelException(
                $"{baseName}: has logits of {baseVocabulary} tokens, and {model.Name} of {model.Shape.VocabularySize}; they cannot be compared.");
        }

        var meter = new DivergenceMeter();
        ForEach(
            model,
            windows,
            (logits, next) => meter.Add(guesses.Next(), logits, next),
            () => meter.Mean,
            progress,
            cancellation,
            index => guesses.Begin(index, windows[index], cancellation));
        return meter;
    }

    private static void ForEach(
        HearthModel model,
        IReadOnlyList<TextWindow> windows,
        Action<ReadOnlySpan<float>, int> receive,
        Func<double> value,
        IProgress<PerplexityProgress>? progress,
        CancellationToken cancellation,
        Action<int>? begin = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var reader = new WindowReader(model);
        for (int i = 0; i < windows.Count; i++)
        {
            begin?.Invoke(i);
            reader.Begin(windows[i], cancellation);
            while (reader.Left > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                reader.Read(64, receive);
            }

            progress?.Report(new PerplexityProgress(i + 1, windows.Count, value()));
        }
    }
}
