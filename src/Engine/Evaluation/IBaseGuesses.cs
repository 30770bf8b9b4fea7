namespace Hearth.Engine.Evaluation;

/// <summary>What a model is compared with: another model that reads the same windows, or a file of its logits.</summary>
internal interface IBaseGuesses : IDisposable
{
    /// <summary>Begins a window.</summary>
    void Begin(int index, in TextWindow window, CancellationToken cancellation);

    /// <summary>Logarithms of the probabilities of the window's next guess, one a vocabulary entry; valid until the next call.</summary>
    ReadOnlySpan<float> Next();
}
