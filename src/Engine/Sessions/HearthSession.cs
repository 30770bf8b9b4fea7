using System.Runtime.CompilerServices;
using Hearth.Engine.Cache;

namespace Hearth.Engine.Sessions;

/// <summary>
/// One conversation with a model: the tokens so far and their place in the cache. It can be forked (the copy shares the past) and
/// rewound.
/// </summary>
/// <remarks>One thread at a time; different sessions of a model may be used by different threads.</remarks>
public sealed partial class HearthSession : IDisposable
{
    /// <summary>
    /// Tokens of a pass that somebody may want to stop: a large model reads them in a few seconds, and more at once are hardly faster
    /// (TinyLlama 1.1 B reads 239 tokens a second by 128 and 236 by 512, OLMoE 7 B 187 and 198, on two threads of a Zen 4).
    /// </summary>
    private const int StoppableTokens = 128;

    private readonly HearthModel model;
    private readonly KvSequence sequence;
    private readonly int[] tokens;
    private readonly float[] logits;
    private bool hasLogits;
    private bool disposed;

    internal HearthSession(HearthModel model)
        : this(model, NewSequence(model))
    {
    }

    private HearthSession(HearthModel model, KvSequence sequence)
    {
        this.model = model;
        this.sequence = sequence;
        tokens = new int[sequence.Capacity];
        logits = new float[model.Shape.VocabularySize];
    }

    /// <summary>The model.</summary>
    public HearthModel Model => model;

    /// <summary>Tokens that the session holds.</summary>
    public ReadOnlySpan<int> Tokens => tokens.AsSpan(0, Position);

    /// <summary>How many tokens the session holds.</summary>
    public int Position => sequence.Length;

    /// <summary>How many tokens it can hold.</summary>
    public int Capacity => sequence.Capacity;

    /// <summary>Why the last generation ended.</summary>
    public StopReason LastStop { get; private set; }

    /// <summary>Logits of the last token, one per vocabulary entry; empty when there is none, as after a rewind.</summary>
    public ReadOnlySpan<float> Logits => hasLogits ? logits : [];

    /// <summary>Reads tokens in chunks; <see cref="Logits"/> are those of the last one.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="cancellation">Acts after at most 128 tokens: what was read stays.</param>
    /// <param name="progress">Told after each chunk, or null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">The tokens do not fit; none was read.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public void Append(ReadOnlySpan<int> ids, CancellationToken cancellation = default, IProgress<PromptProgress>? progress = null)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        CheckIds(ids);
        if (ids.Length > Capacity - Position)
            throw new ContextFullException(Position, ids.Length, Capacity);
        if (ids.Length > 1)
            Checkpoint();
        int total = ids.Length;
        int most = cancellation.CanBeCanceled ? Math.Min(StoppableTokens, model.Runner.Batch.MaxTokens) : model.Runner.Batch.MaxTokens;
        while (!ids.IsEmpty)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(ids.Length, most);
            Compute(ids[..count], count == ids.Length);
            ids = ids[count..];
            progress?.Report(new PromptProgress(total - ids.Length, total));
        }
    }

    /// <summary>Reads tokens and gives the logits of each.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="receive">Called for each token in order with its logits, which are valid during the call.</param>
    /// <param name="chunk">The most tokens of one pass; 0 for the model's own.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">The tokens do not fit; none was read.</exception>
    public void AppendAll(ReadOnlySpan<int> ids, Action<ReadOnlySpan<float>> receive, int chunk = 0)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(receive);
        CheckIds(ids);
        if (ids.Length > Capacity - Position)
            throw new ContextFullException(Position, ids.Length, Capacity);
        int most = Math.Min(model.Runner.Batch.MaxTokens, model.Runner.Batch.MaxOutputs);
        if (chunk > 0)
            most = Math.Min(most, chunk);
        while (!ids.IsEmpty)
        {
            int count = Math.Min(ids.Length, most);
            lock (model.Gate)
            {
                ids[..count].CopyTo(tokens.AsSpan(Position));
                model.Runner.Batch.Add(sequence, ids[..count], BatchOutputs.All);
                var rows = model.Runner.Run();
                for (int row = 0; row < rows.Count; row++)
                    receive(rows[row]);
                rows[rows.Count - 1].CopyTo(logits);
                hasLogits = true;
            }

            ids = ids[count..];
        }
    }

    /// <summary>
    /// Forgets all tokens from a position on. A model with recurrent layers goes back to where one of the last two texts began, and reads
    /// the tokens between again; others compute nothing.
    /// </summary>
    /// <param name="position">Tokens to keep.</param>
    /// <exception cref="ArgumentOutOfRangeException">The session does not hold that many.</exception>
    public void Rewind(int position)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        lock (model.Gate)
        {
            int kept = sequence.Rewind(position);
            while (kept < position)
            {
                var chunk = tokens.AsSpan(kept, Math.Min(position - kept, model.Runner.Batch.MaxTokens));
                model.Runner.Batch.Add(sequence, chunk, BatchOutputs.None);
                model.Runner.Run();
                kept += chunk.Length;
            }
        }

        hasLogits = false;
    }

    /// <summary>A second session with the same past; both go on independently.</summary>
    public HearthSession Fork()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        lock (model.Gate)
        {
            var fork = new HearthSession(model, sequence.Fork()) { hasLogits = hasLogits, LastStop = LastStop };
            Tokens.CopyTo(fork.tokens);
            logits.CopyTo(fork.logits, 0);
            return fork;
        }
    }

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">Text to read first; special tokens written in it are understood. Null to go on from where the session is.</param>
    /// <param name="options">How; null for the defaults, with the sampling that the model suggests.</param>
    /// <param name="cancellation">
    /// Acts within a token, and while the prompt is read within 128 of them; what was generated stays, and <see cref="LastStop"/> says so.
    /// </param>
    /// <returns>Pieces of text as they come. Computing happens on the thread pool, one token ahead at most.</returns>
    /// <exception cref="ContextFullException">The prompt does not fit.</exception>
    public async IAsyncEnumerable<GeneratedPiece> GenerateAsync(
        string? prompt,
        GenerationOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        int[] ids = prompt == null ? [] : model.Tokenizer.Encode(prompt, addSpecial: Position == 0, parseSpecial: true);
        await foreach (var piece in GenerateAsync(ids, options, cancellation).ConfigureAwait(false))
            yield return piece;
    }

    /// <summary>Continues tokens; see the other overload.</summary>
    public async IAsyncEnumerable<GeneratedPiece> GenerateAsync(
        ReadOnlyMemory<int> prompt,
        GenerationOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var generation = new Generation(this, options ?? new GenerationOptions { Sampling = model.SuggestedSampling });
        Func<bool> next = generation.MoveNext;
        LastStop = StopReason.None;
        bool more;
        try
        {
            await Task.Run(() => Append(prompt.Span, cancellation, options?.PromptProgress), CancellationToken.None).ConfigureAwait(false);
            more = true;
        }
        catch (OperationCanceledException)
        {
            LastStop = StopReason.Cancelled;
            more = false;
        }

        while (more)
        {
            if (cancellation.IsCancellationRequested)
            {
                LastStop = StopReason.Cancelled;
                break;
            }

            more = await Task.Run(next, CancellationToken.None).ConfigureAwait(false);
            if (more)
                yield return generation.Current;
            else
                LastStop = generation.Stop;
        }
    }

    /// <summary>Continues from where the session is, on the calling thread; a step allocates nothing but the piece's text.</summary>
    /// <param name="options">How; null for the defaults, with the sampling that the model suggests.</param>
    public Generation Generate(GenerationOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return new Generation(this, options ?? new GenerationOptions { Sampling = model.SuggestedSampling });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        lock (model.Gate)
            sequence.Dispose();
    }

    private static KvSequence NewSequence(HearthModel model)
    {
        lock (model.Gate)
            return model.Runner.CreateSequence(model.ContextLength);
    }

    /// <summary>Before a text is read: a chat that takes its last message back, or asks for another answer, returns to here.</summary>
    private void Checkpoint()
    {
        lock (model.Gate)
            sequence.Checkpoint();
    }

    private void Compute(ReadOnlySpan<int> ids, bool wantsLogits)
    {
        lock (model.Gate)
        {
            ids.CopyTo(tokens.AsSpan(Position));
            hasLogits = false;
            model.Runner.Batch.Add(sequence, ids, wantsLogits ? BatchOutputs.Last : BatchOutputs.None);
            var rows = model.Runner.Run();
            if (wantsLogits)
            {
                rows[0].CopyTo(logits);
                hasLogits = true;
            }
        }
    }

    private void CheckIds(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)model.Shape.VocabularySize)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(ids), id, $"The token {id} is not in the vocabulary of {model.Shape.VocabularySize} tokens.");
            }
        }
    }
}
