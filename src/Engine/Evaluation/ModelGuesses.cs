using System.Numerics.Tensors;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;

namespace Hearth.Engine.Evaluation;

/// <summary>Guesses of a loaded model, a few rows ahead.</summary>
internal sealed class ModelGuesses : IBaseGuesses
{
    private const int RowsAhead = 16;

    private readonly WindowReader reader;
    private readonly float[][] rows;
    private int count;
    private int next;

    public ModelGuesses(HearthModel model)
    {
        reader = new WindowReader(model);
        rows = [.. Enumerable.Range(0, RowsAhead).Select(_ => new float[model.Shape.VocabularySize])];
    }

    public void Begin(int index, in TextWindow window, CancellationToken cancellation)
    {
        reader.Begin(window, cancellation);
        count = next = 0;
    }

    public ReadOnlySpan<float> Next()
    {
        if (next == count)
        {
            count = next = 0;
            reader.Read(RowsAhead, (logits, _) => TensorPrimitives.Subtract(logits, (float)LogProbabilities.LogSumExp(logits), rows[count++]));
        }

        return rows[next++];
    }

    public void Dispose() => reader.Dispose();
}
