using System.Text;
using Hearth.Engine.Files;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Models.Experts;
using Hearth.Engine.Models.Layers;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Templates;
using Hearth.Engine.Tokenization;
using Hearth.Kernels;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Sessions;

/// <summary>
/// A loaded model: weights, vocabulary, chat template. Immutable, and shared by threads; what changes lives in
/// <see cref="HearthSession"/>. Sessions of one model compute one after another, each with all workers.
/// </summary>
public sealed class HearthModel : IDisposable
{
    private const int DefaultContextLimit = 4096;
    private const string ChatTemplateKey = "tokenizer.chat_template";

    private readonly GgufFile file;
    private readonly WorkerPool pool;
    private readonly HearthModelOptions options;
    private readonly Architecture architecture;
    private readonly ModelRunner? runner;
    private readonly string? chatTemplate;
    private readonly Lazy<ChatFormatter> chatFormat;
    private readonly Lazy<byte[]> identity;

    private HearthModel(GgufFile file, HearthModelOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellation)
    {
        this.file = file;
        this.options = options;
        bool hasLongFactors = false;
        identity = new Lazy<byte[]>(
            () => ModelIdentity.OfComputation(file, options.Adapters, SparseLayers!.Select(layer => layer.Identity), hasLongFactors));
        Kernels = options.Kernels ?? RungSelection.FromEnvironment();
        pool = new WorkerPool(options.Threads ?? ProcessorTopology.DefaultThreads);
        ModelLoader? loader = null;
        PanelFile? panels = null;
        try
        {
            int context = ContextOf(file, options);
            bool hasPanels = PanelFile.TryOpen(file, out panels);
            var memory = SystemMemory.Read();
            MemoryPlan = MemoryPlan.Of(ModelSummary.Read(file), context, options, memory, hasPanels);
            MemoryPlan.Check(file.Name, memory.SwapBytes);
            loader = new ModelLoader(file, Kernels, pool, context, progress, cancellation, options.Adapters)
            {
                Panels = panels,
                Sparsity = options.Sparsity,
                Profile = options.SparsityProfile,
                ExpectSparse = bytes =>
                {
                    MemoryPlan = MemoryPlan with { SparseBytes = bytes };
                    MemoryPlan.Check(file.Name, memory.SwapBytes);
                },
                ExpertCache = MemoryPlan.ExpertLimit is { } limit ? new ExpertCache(limit) : null,
            };
            architecture = ArchitectureCatalog.Load(loader);
            Experts = loader.ExpertCache;
            SparseLayers = loader.SparseLayers;
            RoundedTypes = loader.RoundedTypes;
            DeclinedTypes = loader.DeclinedTypes;
            hasLongFactors = loader.HasRead(RotaryScaling.LongFactors);
            Tokenizer = TokenizerFactory.Of(file);
            SuggestedSampling = Sessions.SuggestedSampling.Read(file.Metadata);
            ContextLength = loader.ContextLength;
            if (!architecture.IsEncoder)
                runner = new ModelRunner(architecture, Kernels, pool, SessionLimits(), options.CacheTypeK, options.CacheTypeV);
            chatTemplate = options.ChatTemplate ?? file.Metadata.GetString(ChatTemplateKey, "");
            chatFormat = new Lazy<ChatFormatter>(CreateChatFormat);

            // An adapter's file is not kept open: later it may be another one, or gone.
            if (options.Adapters.Count > 0)
                _ = identity.Value;
        }
        catch
        {
            loader?.Dispose();
            panels?.Dispose();
            pool.Dispose();
            throw;
        }
    }

    /// <summary>The file's name.</summary>
    public string Name => file.Name;

    /// <summary>What the file says of itself.</summary>
    public GgufMetadata Metadata => file.Metadata;

    /// <summary>How the model's makers would draw its tokens, or Hearth's defaults where the file does not say.</summary>
    public SamplerSettings SuggestedSampling { get; }

    /// <summary>The tensors of the file.</summary>
    public IReadOnlyList<GgufTensor> Tensors => file.Tensors;

    /// <summary>The model's sizes.</summary>
    public ModelShape Shape => architecture.Shape;

    /// <summary>Text to token ids and back.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Whether there is a chat template, the model's or one from the options; without it <see cref="ChatFormat"/> guesses.</summary>
    public bool HasChatTemplate => !string.IsNullOrWhiteSpace(chatTemplate);

    /// <summary>Conversations to prompts; parsed when it is first asked for, because a model can be used without.</summary>
    /// <exception cref="TemplateException">The chat template cannot be parsed.</exception>
    public ChatFormatter ChatFormat => chatFormat.Value;

    /// <summary>Positions that a session can hold.</summary>
    public int ContextLength { get; }

    /// <summary>Where the weights are.</summary>
    public MemoryPlan MemoryPlan { get; private set; }

    /// <summary>The experts that are read from the file when they are needed; null where all weights are loaded or mapped.</summary>
    public ExpertCache? Experts { get; }

    /// <summary>The feed-forward blocks that read only what active neurons need, and what they have read so far; none where sparsity is off.</summary>
    public IReadOnlyList<LayerActivity> SparseLayers { get; }

    /// <summary>Block types of the matrices that had to be rounded to another type for <see cref="SparseLayers"/>.</summary>
    public IReadOnlyCollection<WeightType> RoundedTypes { get; }

    /// <summary>Block types of the matrices for whose sake <see cref="SparsityMode.Auto"/> has left blocks with true zeros as they are.</summary>
    public IReadOnlyCollection<WeightType> DeclinedTypes { get; }

    /// <summary>The workers that compute; between passes they are there for the caller's own work.</summary>
    public WorkerPool Workers => pool;

    /// <summary>Threads that compute.</summary>
    public int Threads => pool.Threads;

    /// <summary>The kernels in use.</summary>
    public KernelSet Kernels { get; }

    /// <summary>Whether the model gives embeddings alone: every token sees its whole text, and there is no next token.</summary>
    public bool IsEncoder => architecture.IsEncoder;

    /// <summary>Memory, batch and cache of the sessions' forward pass; callers hold <see cref="Gate"/>.</summary>
    /// <exception cref="NotSupportedException">The model is an encoder.</exception>
    internal ModelRunner Runner => runner ?? throw new NotSupportedException(
        $"{Name}: the architecture '{file.Metadata.GetString("general.architecture")}' is an encoder: "
        + "it gives embeddings, but does not continue texts.");

    /// <summary>What another model, adapter or key would change; for sessions that are saved.</summary>
    internal byte[] Identity => identity.Value;

    /// <summary>Whether the length of the context decides how positions are rotated.</summary>
    internal bool IsRotatedByContext => file.TryGetTensor(RotaryScaling.LongFactors, out _);

    /// <summary>The types of keys and values in one number.</summary>
    internal int CacheTypes => ((int)options.CacheTypeK << 16) | (int)options.CacheTypeV;

    /// <summary>Where each matrix came from.</summary>
    internal IReadOnlyDictionary<PackedMatrix, MatrixName> MatrixNames => architecture.MatrixNames;

    /// <summary>One session computes at a time.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Loads a GGUF file or a Hugging Face folder.</summary>
    /// <param name="path">The file, of a split model any part; or the folder.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told after each tensor, or null.</param>
    /// <param name="cancellation">Acts between tensors.</param>
    /// <exception cref="InvalidModelException">The file is missing, damaged, or of a kind that is not supported.</exception>
    /// <exception cref="InsufficientMemoryException">The weights do not fit in memory.</exception>
    /// <exception cref="OperationCanceledException">Loading was cancelled.</exception>
    public static HearthModel Load(
        string path,
        HearthModelOptions? options = null,
        IProgress<LoadProgress>? progress = null,
        CancellationToken cancellation = default)
        => Load(ModelFile.Open(path), options, progress, cancellation);

    /// <summary>Loads an open file.</summary>
    /// <param name="file">The file; the model owns it from here on, also when loading fails.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told after each tensor, or null.</param>
    /// <param name="cancellation">Acts between tensors.</param>
    /// <exception cref="InvalidModelException">The file is damaged, or of a kind that is not supported.</exception>
    /// <exception cref="InsufficientMemoryException">The weights do not fit in memory.</exception>
    /// <exception cref="OperationCanceledException">Loading was cancelled.</exception>
    public static HearthModel Load(
        GgufFile file,
        HearthModelOptions? options = null,
        IProgress<LoadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            options ??= new HearthModelOptions();
            return new HearthModel(file.Overriding(options.MetadataOverrides), options, progress, cancellation);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Starts an empty session.</summary>
    /// <exception cref="NotSupportedException">The model is an encoder.</exception>
    public HearthSession CreateSession() => new(this);

    /// <summary>Makes ready to turn texts into vectors.</summary>
    /// <param name="embedding">How; null for the defaults.</param>
    /// <returns>An embedder with memory of its own; the caller disposes it before the model.</returns>
    /// <exception cref="NotSupportedException">The file asks for a pooling that is not supported, and the options choose none.</exception>
    public Embedder CreateEmbedder(EmbeddingOptions? embedding = null)
    {
        lock (Gate)
        {
            var own = new ModelRunner(
                architecture, Kernels, pool, EmbeddingLimits(), options.CacheTypeK, options.CacheTypeV, PassOutput.States);
            try
            {
                return new Embedder(this, architecture, own, embedding ?? new EmbeddingOptions());
            }
            catch
            {
                own.Dispose();
                throw;
            }
        }
    }

    /// <summary>Makes ready to sort documents by how well they answer a query.</summary>
    /// <returns>A reranker with memory of its own; the caller disposes it before the model.</returns>
    /// <exception cref="NotSupportedException">The model has no classification head.</exception>
    public Reranker CreateReranker()
    {
        var classifier = architecture.Classifier ?? throw new NotSupportedException(
            $"{Name}: the model has no classification head, which scores documents; use a reranker, or embed with this model.");
        return new Reranker(
            this, CreateEmbedder(new EmbeddingOptions { Pooling = classifier.Pooling, Normalize = false }), classifier);
    }

    /// <summary>Frees the weights and the cache; sessions of this model cannot compute any more.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            runner?.Dispose();
            architecture.Dispose();
            pool.Dispose();
            file.Dispose();
        }
    }

    private static int ContextOf(GgufFile file, HearthModelOptions options)
    {
        if (options.ContextLength is > 0 and { } asked)
            return asked;
        var parameters = new HyperParameters(file.Metadata, file.Metadata.GetString("general.architecture"));
        int trained = parameters.Int("context_length", DefaultContextLimit, 1, int.MaxValue);
        return options.ContextLength == 0 ? trained : Math.Min(trained, DefaultContextLimit);
    }

    private RunnerLimits SessionLimits()
    {
        int batch = Math.Min(options.BatchSize, ContextLength);
        return new RunnerLimits(batch, Math.Min(options.MaxOutputs, batch), Math.Min(options.MaxSequences, batch), ContextLength);
    }

    /// <summary>Every token may want its state; an encoder reads a text at once, and none longer than it was trained for.</summary>
    private RunnerLimits EmbeddingLimits()
    {
        int context = IsEncoder ? Math.Min(ContextLength, Shape.ContextLength) : ContextLength;
        int batch = IsEncoder ? Math.Max(options.BatchSize, context) : Math.Min(options.BatchSize, context);
        return new RunnerLimits(batch, batch, Math.Min(options.MaxSequences, batch), context);
    }

    private ChatFormatter CreateChatFormat()
        => new(chatTemplate, TextOf(Tokenizer.Special.Bos), TextOf(Tokenizer.Special.Eos), HasToken);

    private string TextOf(int token)
        => token == SpecialTokens.None ? "" : Encoding.UTF8.GetString(Tokenizer.Piece(token, showSpecial: true));

    private bool HasToken(string text)
        => Tokenizer.Encode(text, addSpecial: false, parseSpecial: true) is [int token]
            && Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(Tokenizer.Piece(token, showSpecial: true));
}
