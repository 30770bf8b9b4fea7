using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models.Adapters;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Models;

/// <summary>
/// What an architecture page reads its model from: checked hyper-parameters, and tensors by name and expected shape, packed for the
/// rung as they are read.
/// </summary>
public sealed partial class ModelLoader : IDisposable
{
    private readonly HashSet<string> found = new(StringComparer.Ordinal);
    private readonly GgufFile file;
    private readonly KernelSet kernels;
    private readonly WorkerPool pool;
    private readonly IProgress<LoadProgress>? progress;
    private readonly CancellationToken cancellation;
    private readonly AdapterSet? adapters;
    private readonly List<IDisposable> loaded = [];
    private readonly Dictionary<PackedMatrix, MatrixName> matrixNames = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PackedMatrix, FileMatrix> vacant = new(ReferenceEqualityComparer.Instance);
    private readonly long totalBytes;
    private RowTable? tokenRows;
    private long loadedBytes;

    /// <summary>Prepares to load.</summary>
    /// <param name="file">The open file; it must stay open as long as the model lives.</param>
    /// <param name="kernels">The rung's kernels.</param>
    /// <param name="pool">The workers.</param>
    /// <param name="contextLength">Positions that sessions will hold; some families choose their rotary factors by it. 0 for the model's own.</param>
    /// <param name="progress">Told after each tensor, or null.</param>
    /// <param name="cancellation">Checked before each tensor.</param>
    /// <param name="adapters">Adapters, or null.</param>
    /// <exception cref="InvalidModelException">The file does not say which architecture it holds, or an adapter is not made for it.</exception>
    public ModelLoader(
        GgufFile file,
        KernelSet kernels,
        WorkerPool pool,
        int contextLength = 0,
        IProgress<LoadProgress>? progress = null,
        CancellationToken cancellation = default,
        IReadOnlyList<LoraFile>? adapters = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(pool);
        this.file = file;
        this.kernels = kernels;
        this.pool = pool;
        this.progress = progress;
        this.cancellation = cancellation;
        Architecture = file.Metadata.GetString("general.architecture");
        Parameters = new HyperParameters(file.Metadata, Architecture);
        ContextLength = contextLength > 0 ? contextLength : Parameters.Int("context_length", 2048, 1, int.MaxValue);
        totalBytes = file.Tensors.Sum(tensor => tensor.ByteLength);
        if (adapters is { Count: > 0 })
        {
            this.adapters = new AdapterSet(file, adapters, kernels, pool);
            loaded.Add(this.adapters);
        }
    }

    /// <summary>Matrices that are packed already, or null; owned by what is loaded.</summary>
    public PanelFile? Panels
    {
        get;
        init
        {
            field = value;
            if (value != null)
                loaded.Add(value);
        }
    }

    /// <summary>Whether matrices stay in the file: what is loaded knows their names and shapes, but cannot compute.</summary>
    internal bool LeavesMatrices { get; init; }

    /// <summary>The file, for messages.</summary>
    public string Name => file.Name;

    /// <summary>The family that the file names.</summary>
    public string Architecture { get; }

    /// <summary>The model's numbers.</summary>
    public HyperParameters Parameters { get; }

    /// <summary>Positions that sessions will hold.</summary>
    public int ContextLength { get; private set; }

    /// <summary>All that was made so far, for the model to own.</summary>
    internal IReadOnlyList<IDisposable> Loaded => loaded;

    /// <summary>Where the matrices came from.</summary>
    internal IReadOnlyDictionary<PackedMatrix, MatrixName> MatrixNames => matrixNames;

    /// <summary>The matrices that were left in the file.</summary>
    internal IReadOnlyDictionary<PackedMatrix, FileMatrix> VacantMatrices => vacant;

    /// <summary>Whether the file has a tensor.</summary>
    public bool Has(string name) => file.TryGetTensor(name, out _);

    /// <summary>Values of a tensor that must be there.</summary>
    /// <exception cref="InvalidModelException">It is missing.</exception>
    public long CountOf(string name) => Find(name).ElementCount;

    /// <summary>Rows of a matrix that must be there: its second dimension.</summary>
    /// <exception cref="InvalidModelException">It is missing or no matrix.</exception>
    public int RowsOf(string name)
    {
        var tensor = Find(name);
        if (tensor.Dimensions.Length != 2 || tensor.Dimensions[1] is < 1 or > int.MaxValue)
            throw Refuse(tensor, "is not a matrix");
        return (int)tensor.Dimensions[1];
    }

    /// <summary>
    /// A matrix product with an optional bias: <c>name.weight</c> and, if the file has it, <c>name.bias</c>; or both with <c>name_t</c>, as
    /// PowerInfer writes matrices input by input.
    /// </summary>
    /// <param name="name">Tensor name without its ending.</param>
    /// <param name="outputs">Rows.</param>
    /// <param name="inputs">Columns.</param>
    /// <exception cref="InvalidModelException">It is missing, of another shape, or of a type that is not supported.</exception>
    public Linear Linear(string name, int outputs, int inputs)
    {
        if (!Has(name + ".weight") && Has(name + "_t.weight"))
            return new Linear(InputMajor(name + "_t.weight", outputs, inputs), OptionalVector(name + "_t.bias", outputs));
        return new Linear(
            Matrix(name + ".weight", outputs, inputs),
            OptionalVector(name + ".bias", outputs),
            ScaleOf(name))
        {
            Updates = Updates(name + ".weight", 0, 1, outputs, inputs),
        };
    }

    /// <summary>A matrix, packed.</summary>
    /// <param name="name">Tensor name.</param>
    /// <param name="rows">Rows: outputs.</param>
    /// <param name="columns">Columns: inputs.</param>
    /// <exception cref="InvalidModelException">It is missing, of another shape, or of a type that is not supported.</exception>
    public PackedMatrix Matrix(string name, int rows, int columns)
    {
        var tensor = Find(name);
        long fileRows = tensor.Dimensions.Length == 1 ? 1 : tensor.Dimensions[1];
        if (tensor.Dimensions.Length > 2 || tensor.Dimensions[0] != columns || fileRows != rows)
            throw Refuse(tensor, $"should be [{columns}, {rows}]");
        var kernel = KernelOf(tensor);
        var matrix = Pack(tensor, kernel, rows, columns, 0, 1, LeavesMatrices);
        Advance(tensor);
        return matrix;
    }

    /// <summary>One matrix per head, from a tensor of three dimensions.</summary>
    /// <param name="name">Tensor name.</param>
    /// <param name="count">How many.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    /// <exception cref="InvalidModelException">It is missing, of another shape, or of a type that is not supported.</exception>
    public IReadOnlyList<PackedMatrix> Matrices(string name, int count, int rows, int columns)
        => Matrices(Find(name), count, rows, columns, LeavesMatrices);

    /// <summary>A matrix whose rows are looked up.</summary>
    /// <param name="name">Tensor name.</param>
    /// <param name="rows">Rows; 0 for as many as the file has.</param>
    /// <param name="width">Floats of a row.</param>
    /// <exception cref="InvalidModelException">It is missing, of another shape, or of a type that cannot be read.</exception>
    public RowTable Table(string name, int rows, int width)
    {
        var tensor = Find(name);
        if (rows == 0)
            rows = RowsOf(name);
        if (tensor.Dimensions.Length != 2 || tensor.Dimensions[0] != width || tensor.Dimensions[1] != rows)
            throw Refuse(tensor, $"should be [{width}, {rows}]");
        if (!WeightFormat.TryGet(tensor.Type, out var format))
            throw Refuse(tensor, $"is of a type that cannot be read ({tensor.Type})");
        Advance(tensor);
        return new RowTable(tensor, format);
    }

    /// <summary>The token embedding: <c>token_embd.weight</c>. An adapter of it does not change an output matrix that is tied to it.</summary>
    /// <exception cref="InvalidModelException">It is missing, of another shape, or of a type that cannot be read.</exception>
    public IEmbedding TokenEmbedding(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        const string name = "token_embd.weight";
        tokenRows = Table(name, shape.VocabularySize, shape.Width);
        var embedding = new TokenEmbedding(tokenRows);
        return adapters == null ? embedding : adapters.Adapt(name, embedding, shape.VocabularySize, shape.Width);
    }

    /// <summary>Root-mean-square norm: <c>name.weight</c>.</summary>
    public RmsNorm RmsNorm(string name, int width, float epsilon) => new(Vector(name + ".weight", width), epsilon);

    /// <summary>Layer norm: <c>name.weight</c> and, if the file has it, <c>name.bias</c>.</summary>
    public LayerNorm LayerNorm(string name, int width, float epsilon)
        => new(Vector(name + ".weight", width), OptionalVector(name + ".bias", width), epsilon);

    /// <summary>
    /// The output matrix: <c>output.weight</c>, or the token embedding where the two are tied. A tied matrix stays in memory once: tokens
    /// are looked up in its panels.
    /// </summary>
    public Linear OutputMatrix(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Has("output.weight"))
            return Linear("output", shape.VocabularySize, shape.Width);
        var tied = Matrix("token_embd.weight", shape.VocabularySize, shape.Width);
        tokenRows?.ReadFrom(tied);
        return new Linear(tied, OptionalVector("output.bias", shape.VocabularySize));
    }

    /// <summary>The layers of a decoder, in order.</summary>
    public static IDecoderLayer[] Layers(ModelShape shape, Func<int, IDecoderLayer> load)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(load);
        var layers = new IDecoderLayer[shape.Layers];
        for (int layer = 0; layer < layers.Length; layer++)
            layers[layer] = load(layer);
        return layers;
    }

    /// <summary>Shortens the context to what a model can tell apart.</summary>
    internal void LimitContext(int positions) => ContextLength = Math.Min(ContextLength, positions);

    /// <summary>Frees what was loaded; for a load that failed.</summary>
    public void Dispose()
    {
        foreach (var weight in loaded)
            weight.Dispose();
        loaded.Clear();
    }

    /// <summary>Refuses adapters of which the architecture left something out.</summary>
    /// <exception cref="InvalidModelException">It did.</exception>
    internal void RefuseUnusedAdapters() => adapters?.RefuseUnused();

    /// <summary>Says that layers may have a tensor that the model does not need.</summary>
    internal void LeaveUnread(string name) => found.Add(name);

    /// <summary>Whether the model has taken a tensor.</summary>
    internal bool HasRead(string name) => found.Contains(name);

    /// <summary>Refuses a file with layers or tensors of layers that the architecture did not ask for.</summary>
    /// <param name="layers">Layers of the model's own pass.</param>
    /// <exception cref="InvalidModelException">There is such a tensor.</exception>
    internal void RefuseUnusedTensors(int layers)
        => UnusedTensors.Refuse(file, Architecture, found.Contains, layers, Parameters.Int("block_count", 1, int.MaxValue));

    internal void Own(IDisposable weight) => loaded.Add(weight);

    private LowRankUpdate[] Updates(string name, int part, int parts, int outputs, int inputs)
        => adapters == null ? [] : adapters.Updates(name, part, parts, outputs, inputs);

    private PackedMatrix Pack(GgufTensor tensor, PanelKernel kernel, int rows, int columns, int index, int count, bool isLeft)
    {
        var source = new FileMatrix(tensor, index, count);
        PackedMatrix? matrix;
        if (isLeft)
        {
            matrix = PackedMatrix.Vacant(kernel, rows, columns);
            vacant.Add(matrix, source);
        }
        else if (Panels == null || !Panels.TryGet(tensor.Name, kernel, rows, columns, index, count, out matrix))
        {
            matrix = source.Pack(kernel, rows, columns, pool);
        }

        loaded.Add(matrix);
        matrixNames.Add(matrix, new MatrixName(tensor.Name, index, count));
        return matrix;
    }

    private PackedMatrix[] Matrices(GgufTensor tensor, int count, int rows, int columns, bool isLeft)
    {
        var dimensions = tensor.Dimensions;
        if (dimensions.Length != 3 || dimensions[0] != columns || dimensions[1] != rows || dimensions[2] != count)
            throw Refuse(tensor, $"should be [{columns}, {rows}, {count}]");
        var kernel = KernelOf(tensor);
        var matrices = new PackedMatrix[count];
        for (int i = 0; i < count; i++)
            matrices[i] = Pack(tensor, kernel, rows, columns, i, count, isLeft);
        Advance(tensor);
        return matrices;
    }

    private GgufTensor Find(string name)
    {
        cancellation.ThrowIfCancellationRequested();
        found.Add(name);
        return file.TryGetTensor(name, out var tensor)
            ? tensor
            : throw new InvalidModelException(
                $"{Name}: the tensor {name} is missing; the file is incomplete or not the {Architecture} model it says it is.");
    }

    /// <summary>
    /// A matrix whose rows are inputs, turned around and packed. Blocks of quantised weights run along the wrong side for that, so they
    /// become halves, whose error of 2^-11 is far below that of the blocks.
    /// </summary>
    private PackedMatrix InputMajor(string name, int rows, int columns)
    {
        var tensor = Find(name);
        if (tensor.Dimensions.Length != 2 || tensor.Dimensions[0] != rows || tensor.Dimensions[1] != columns)
            throw Refuse(tensor, $"should be [{rows}, {columns}]");
        var type = tensor.Type == WeightType.F32 ? WeightType.F32 : WeightType.F16;
        if (!kernels.TryGetPanel(type, out var kernel) || !WeightFormat.TryGet(type, out var format))
            throw Refuse(tensor, $"is of a type that cannot be read ({tensor.Type})");
        if (tensor.ElementCount > Array.MaxLength / sizeof(float))
            throw Refuse(tensor, "is too large to be turned around");
        float[] values = Decode(tensor, (int)tensor.ElementCount);
        byte[] turned = new byte[format.RowBytes(columns) * rows];
        float[] row = new float[columns];
        for (int output = 0; output < rows; output++)
        {
            for (int input = 0; input < columns; input++)
                row[input] = values[((long)input * rows) + output];
            format.Encode(row, default, turned.AsSpan((int)(output * format.RowBytes(columns)), (int)format.RowBytes(columns)));
        }

        var matrix = PackedMatrix.Pack(kernel, turned, rows, columns, pool);
        loaded.Add(matrix);
        matrixNames.Add(matrix, new MatrixName(name, 0, 1, IsTurned: true));
        tensor.Release();
        return matrix;
    }

    private PanelKernel KernelOf(GgufTensor tensor)
        => kernels.TryGetPanel(tensor.Type, out var kernel)
            ? kernel
            : throw Refuse(tensor, $"is of a type that cannot be multiplied yet ({tensor.Type})");

    private InvalidModelException Refuse(GgufTensor tensor, string fact)
        => new($"{Name}: the tensor {tensor.Name} [{string.Join(", ", tensor.Dimensions.ToArray())}] {fact}.");

    private void Advance(GgufTensor tensor)
    {
        loadedBytes += tensor.ByteLength;
        progress?.Report(new LoadProgress(Math.Min(loadedBytes, totalBytes), totalBytes));
    }
}
