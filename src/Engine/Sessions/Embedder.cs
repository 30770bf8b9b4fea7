using System.Numerics.Tensors;
using Hearth.Engine.Cache;
using Hearth.Engine.Models;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Sessions;

/// <summary>
/// Texts to vectors: the states that a model computes for a text's tokens, pooled. Encoders are made for this; of a decoder its states
/// after the last norm are taken. Short texts share passes; a text's vector does not depend on its company.
/// </summary>
/// <remarks>One thread at a time; embedders and sessions of one model may be used by different threads.</remarks>
public sealed class Embedder : IDisposable
{
    private const string PoolingKey = "pooling_type";

    private readonly HearthModel model;
    private readonly ModelRunner runner;
    private readonly EmbeddingOptions options;
    private readonly bool isEncoder;
    private readonly List<KvSequence> sequences = [];
    private bool disposed;

    internal Embedder(HearthModel model, Architecture architecture, ModelRunner runner, EmbeddingOptions options)
    {
        this.model = model;
        this.runner = runner;
        this.options = options;
        isEncoder = architecture.IsEncoder;
        Pooling = options.Pooling ?? PoolingOf(model, isEncoder);
    }

    /// <summary>Floats of a vector.</summary>
    public int Dimensions => model.Shape.Width;

    /// <summary>How the states of the tokens become one vector.</summary>
    public Pooling Pooling { get; }

    /// <summary>The most tokens of a text.</summary>
    public int MaxTokens => runner.Limits.Context;

    /// <summary>The vector of a text, with the tokens around it that the model's vocabulary asks for.</summary>
    /// <param name="text">Any text; special tokens written in it are ordinary characters.</param>
    /// <exception cref="ArgumentException">The text has no tokens.</exception>
    /// <exception cref="ContextFullException">The text is too long.</exception>
    public float[] Embed(string text) => Embed(Encode(text));

    /// <summary>The vector of given tokens.</summary>
    /// <param name="ids">Token ids, at least one; none is added.</param>
    /// <exception cref="ArgumentException">There are no tokens, or one is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">There are too many.</exception>
    public float[] Embed(ReadOnlyMemory<int> ids) => EmbedAll([ids])[0];

    /// <summary>The vectors of several texts, in their order.</summary>
    /// <param name="texts">Any texts.</param>
    /// <param name="cancellation">Acts between passes.</param>
    /// <param name="progress">Told after each pass, or null.</param>
    /// <exception cref="ArgumentException">A text has no tokens.</exception>
    /// <exception cref="ContextFullException">A text is too long; none was computed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<float[]> EmbedAll(
        IReadOnlyList<string> texts, CancellationToken cancellation = default, IProgress<PromptProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return EmbedAll([.. texts.Select(Encode)], cancellation, progress);
    }

    /// <summary>The vectors of several lists of tokens, in their order.</summary>
    /// <param name="texts">Token ids of each text, at least one.</param>
    /// <param name="cancellation">Acts between passes.</param>
    /// <param name="progress">Told after each pass, or null.</param>
    /// <exception cref="ArgumentException">A text has no tokens, or one that is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">A text is too long; none was computed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<float[]> EmbedAll(
        IReadOnlyList<ReadOnlyMemory<int>> texts, CancellationToken cancellation = default, IProgress<PromptProgress>? progress = null)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var text in texts)
            Check(text.Span);
        float[][] vectors = new float[texts.Count][];
        int total = (int)Math.Min(texts.Sum(text => (long)text.Length), int.MaxValue);
        int read = 0;
        int next = 0;
        while (next < vectors.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            int first = next;
            next += texts[next].Length > runner.Limits.Tokens
                ? EmbedInChunks(texts[next].Span, out vectors[next], cancellation, tokens => Report(read + tokens))
                : EmbedTogether(texts, next, vectors);
            for (int i = first; i < next; i++)
                read += texts[i].Length;
            Report(read);
        }

        return vectors;

        void Report(int tokens) => progress?.Report(new PromptProgress(tokens, total));
    }

    /// <summary>The state of every token of a text by itself, without pooling.</summary>
    /// <param name="text">Any text; special tokens written in it are ordinary characters.</param>
    /// <param name="cancellation">Acts between passes.</param>
    /// <exception cref="ArgumentException">The text has no tokens.</exception>
    /// <exception cref="ContextFullException">The text is too long.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<float[]> EmbedTokens(string text, CancellationToken cancellation = default)
        => EmbedTokens(Encode(text), cancellation);

    /// <summary>The state of every token by itself, without pooling.</summary>
    /// <param name="ids">Token ids, at least one; none is added.</param>
    /// <param name="cancellation">Acts between passes.</param>
    /// <exception cref="ArgumentException">There are no tokens, or one is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">There are too many.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<float[]> EmbedTokens(ReadOnlyMemory<int> ids, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Check(ids.Span);
        var vectors = new List<float[]>(ids.Length);
        ReadInChunks(ids.Span, BatchOutputs.All, cancellation, states =>
        {
            for (int row = 0; row < states.Count; row++)
                vectors.Add(Scale(states[row].ToArray()));
        });
        return vectors;
    }

    /// <summary>The cosine of the angle between two vectors: 1 for the same direction, 0 for unrelated ones.</summary>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    public static float Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length)
            throw new ArgumentException($"Vectors of {left.Length} and {right.Length} numbers have no angle.", nameof(right));
        double product = Math.Sqrt(Dot(left, left)) * Math.Sqrt(Dot(right, right));
        return product > 0 ? (float)(Dot(left, right) / product) : 0;
    }

    /// <summary>Puts a text's state through what stands behind the pooling.</summary>
    internal float[] Apply(IRowMap head, ReadOnlySpan<float> state)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        lock (model.Gate)
            return runner.Apply(head, state).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        lock (model.Gate)
            runner.Dispose();
    }

    private static Pooling PoolingOf(HearthModel model, bool isEncoder)
    {
        int type = new HyperParameters(model.Metadata, model.Metadata.GetString("general.architecture")).Int(PoolingKey, -1, -1, 1 << 16);
        return type switch
        {
            -1 or 0 => isEncoder ? Pooling.Mean : Pooling.Last,
            1 => Pooling.Mean,
            2 => Pooling.Cls,
            3 => Pooling.Last,
            4 => throw new NotSupportedException(
                $"{model.Name}: the model scores documents for a query; rerank with it, or choose mean, first or last state to embed."),
            _ => throw new NotSupportedException(
                $"{model.Name}: the pooling type {type} is no mean, first or last state; choose one of these to embed with this model."),
        };
    }

    private ReadOnlyMemory<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return model.Tokenizer.Encode(text, addSpecial: true, parseSpecial: false);
    }

    private void Check(ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty)
            throw new ArgumentException("A text without tokens has no embedding.", nameof(ids));
        if (ids.Length > MaxTokens)
            throw new ContextFullException(0, ids.Length, MaxTokens);
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)model.Shape.VocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(ids), id, $"The token {id} is not in the vocabulary of {model.Shape.VocabularySize} tokens.");
            }
        }
    }

    /// <summary>As many texts as fit into one pass.</summary>
    /// <returns>How many those were.</returns>
    private int EmbedTogether(IReadOnlyList<ReadOnlyMemory<int>> texts, int first, float[][] vectors)
    {
        var outputs = Pooling == Pooling.Last ? BatchOutputs.Last : BatchOutputs.All;
        lock (model.Gate)
        {
            try
            {
                int room = runner.Limits.Tokens;
                while (first + sequences.Count < texts.Count
                    && sequences.Count < runner.Limits.Sequences
                    && texts[first + sequences.Count].Length <= room)
                {
                    var ids = texts[first + sequences.Count].Span;
                    room -= ids.Length;
                    sequences.Add(runner.CreateSequence(ids.Length));
                    runner.Batch.Add(sequences[^1], ids, outputs);
                }

                var states = runner.Run();
                int row = 0;
                for (int i = 0; i < sequences.Count; i++)
                {
                    int rows = outputs == BatchOutputs.Last ? 1 : texts[first + i].Length;
                    float[] vector = new float[Dimensions];
                    Pool(states.Slice(row, rows), vector, isFirst: true);
                    vectors[first + i] = Finish(vector, rows);
                    row += rows;
                }

                return sequences.Count;
            }
            finally
            {
                foreach (var sequence in sequences)
                    sequence.Dispose();
                sequences.Clear();
            }
        }
    }

    /// <summary>A text that is longer than a pass, which only a causal model can read in parts.</summary>
    /// <returns>1, the number of texts.</returns>
    private int EmbedInChunks(ReadOnlySpan<int> ids, out float[] vector, CancellationToken cancellation, Action<int> report)
    {
        float[] pooled = new float[Dimensions];
        bool isFirst = true;
        int read = 0;
        int length = ids.Length;
        ReadInChunks(ids, Pooling == Pooling.Last ? BatchOutputs.Last : BatchOutputs.All, cancellation, states =>
        {
            Pool(states, pooled, isFirst);
            isFirst = false;
            report(read = Math.Min(length, read + runner.Limits.Tokens));
        });
        vector = Finish(pooled, ids.Length);
        return 1;
    }

    private void ReadInChunks(ReadOnlySpan<int> ids, BatchOutputs outputs, CancellationToken cancellation, Action<Rows> receive)
    {
        lock (model.Gate)
        {
            using var sequence = runner.CreateSequence(ids.Length);
            while (!ids.IsEmpty)
            {
                cancellation.ThrowIfCancellationRequested();
                var chunk = ids[..Math.Min(ids.Length, runner.Limits.Tokens)];
                runner.Batch.Add(sequence, chunk, outputs);
                receive(runner.Run());
                ids = ids[chunk.Length..];
            }
        }
    }

    /// <summary>Takes up the states of a text's next tokens.</summary>
    private void Pool(Rows states, Span<float> vector, bool isFirst)
    {
        switch (Pooling)
        {
            case Pooling.Mean:
                for (int row = 0; row < states.Count; row++)
                    TensorPrimitives.Add(vector, states[row], vector);
                break;
            case Pooling.Cls when isFirst:
                states[0].CopyTo(vector);
                break;
            case Pooling.Last:
                states[states.Count - 1].CopyTo(vector);
                break;
            default:
                break;
        }
    }

    private float[] Finish(float[] vector, int tokens)
    {
        if (Pooling == Pooling.Mean)
            TensorPrimitives.Divide(vector, tokens, vector);
        return Scale(vector);
    }

    /// <summary>To length 1, where the options ask for it.</summary>
    private float[] Scale(float[] vector)
    {
        if (options.Normalize)
        {
            double squares = Dot(vector, vector);
            if (squares > 0)
                TensorPrimitives.Multiply(vector, (float)(1 / Math.Sqrt(squares)), vector);
        }

        return vector;
    }

    /// <summary>In a fixed order: a vectorised sum would differ from machine to machine.</summary>
    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += (double)left[i] * right[i];
        return sum;
    }
}
