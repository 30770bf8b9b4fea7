using System.Text;
using Hearth.Engine.Models;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Sessions;

/// <summary>
/// Says how well documents answer a query, with a model that was trained for that: one with a classification head (BGE, Jina and GTE
/// rerankers, Qwen3 Reranker). The model reads query and document together. A document's score does not depend on its company.
/// </summary>
/// <remarks>
/// Scores are as the model gives them: logits of any size, or Qwen3's probabilities. Only scores of the same model and query compare.
/// One thread at a time; rerankers and sessions of one model may be used by different threads.
/// </remarks>
public sealed class Reranker : IDisposable
{
    private const string TemplateKey = "tokenizer.chat_template.rerank";
    private const string QueryMark = "{query}";
    private const string DocumentMark = "{document}";

    private readonly ITokenizer tokenizer;
    private readonly Embedder embedder;
    private readonly TextClassifier classifier;
    private readonly string template;

    internal Reranker(HearthModel model, Embedder embedder, TextClassifier classifier)
    {
        this.embedder = embedder;
        this.classifier = classifier;
        tokenizer = model.Tokenizer;
        template = model.Metadata.GetString(TemplateKey, "");
    }

    /// <summary>The most tokens of query and document together.</summary>
    public int MaxTokens => embedder.MaxTokens;

    /// <summary>The documents from the best to the worst; of equal ones the earlier first.</summary>
    /// <param name="query">The question.</param>
    /// <param name="documents">What may answer it.</param>
    /// <param name="cancellation">Acts between passes.</param>
    /// <param name="progress">Told after each pass, or null.</param>
    /// <exception cref="ContextFullException">Query and a document are too long together; none was scored.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<RankedDocument> Rank(
        string query,
        IReadOnlyList<string> documents,
        CancellationToken cancellation = default,
        IProgress<PromptProgress>? progress = null)
        => [.. ScoreAll(query, documents, cancellation, progress)
            .Select((score, index) => new RankedDocument(index, score))
            .OrderByDescending(document => document.Score)];

    /// <summary>The scores of several documents, in their order.</summary>
    /// <param name="query">The question.</param>
    /// <param name="documents">What may answer it.</param>
    /// <param name="cancellation">Acts between passes.</param>
    /// <param name="progress">Told after each pass, or null.</param>
    /// <exception cref="ContextFullException">Query and a document are too long together; none was scored.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<float> ScoreAll(
        string query,
        IReadOnlyList<string> documents,
        CancellationToken cancellation = default,
        IProgress<PromptProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        return ScoreAll([.. documents.Select(document => Join(query, document))], cancellation, progress);
    }

    /// <summary>The score of a document.</summary>
    /// <param name="query">The question.</param>
    /// <param name="document">What may answer it.</param>
    /// <exception cref="ContextFullException">They are too long together.</exception>
    public float Score(string query, string document) => ScoreAll(query, [document])[0];

    /// <summary>The score of tokens that hold query and document as the model expects them.</summary>
    /// <param name="ids">Token ids, at least one; none is added.</param>
    /// <exception cref="ArgumentException">There are no tokens, or one is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">There are too many.</exception>
    public float Score(ReadOnlyMemory<int> ids) => ScoreAll([ids], CancellationToken.None)[0];

    /// <summary>
    /// Query and document as one text for the model: by the file's own template, or one after the other with the tokens that the
    /// vocabulary puts around and between texts.
    /// </summary>
    /// <exception cref="NotSupportedException">The model has no text vocabulary.</exception>
    public ReadOnlyMemory<int> Join(string query, string document)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(document);
        if (template.Length > 0)
        {
            var parts = template.Split(QueryMark).Select(part => part.Replace(DocumentMark, document, StringComparison.Ordinal));
            return tokenizer.Encode(string.Join(query, parts), addSpecial: false, parseSpecial: true);
        }

        // [CLS] query [SEP] document [SEP], or as RoBERTa learnt it <s> query </s> </s> document </s>
        int[] first = tokenizer.Encode(query, addSpecial: true, parseSpecial: false);
        ReadOnlySpan<int> second = tokenizer.Encode(document, addSpecial: true, parseSpecial: false);
        var special = tokenizer.Special;
        if (special.AddBos && second.StartsWith([special.Bos]))
            second = second[1..];
        ReadOnlySpan<int> between = special.AddEos && IsRoberta(special) ? [special.Eos] : [];
        return (int[])[.. first, .. between, .. second];
    }

    /// <inheritdoc/>
    public void Dispose() => embedder.Dispose();

    private float[] ScoreAll(
        IReadOnlyList<ReadOnlyMemory<int>> texts, CancellationToken cancellation, IProgress<PromptProgress>? progress = null)
        => [.. embedder.EmbedAll(texts, cancellation, progress).Select(state => embedder.Apply(classifier.Head, state)[0])];

    private bool IsRoberta(SpecialTokens special)
        => special.Bos != SpecialTokens.None && Encoding.UTF8.GetString(tokenizer.Piece(special.Bos, showSpecial: true)) == "<s>";
}
