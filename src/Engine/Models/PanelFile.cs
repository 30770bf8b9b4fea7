using System.Diagnostics.CodeAnalysis;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Models;

/// <summary>
/// A model's matrices as kernels read them, beside the model's file: <c>model.gguf.panels</c> next to <c>model.gguf</c>. Loading maps
/// it instead of packing, so it takes no time and its memory is shared by processes. All rungs read the same panels.
/// </summary>
/// <remarks>
/// The file is a GGUF file of its own: one I8 tensor per matrix, under the matrix's name, and keys that say which model it belongs to. A
/// file that belongs to another model, or to another version of the layout, is left alone.
/// </remarks>
public sealed class PanelFile : IDisposable
{
    /// <summary>What the model's path is followed by.</summary>
    public const string Extension = ".panels";

    /// <summary>To be raised whenever the layout of any panel changes.</summary>
    private const uint LayoutVersion = 1;

    private const string VersionKey = "hearth.panels.version";
    private const string SourceKey = "hearth.panels.source";

    private readonly GgufFile file;

    private PanelFile(GgufFile file) => this.file = file;

    /// <summary>Bytes of the file.</summary>
    public long ByteLength => file.ByteLength;

    /// <summary>Where a model's panels are looked for.</summary>
    public static string PathOf(string model) => model + Extension;

    /// <summary>Opens the panels of a model if there are any that belong to it.</summary>
    /// <param name="model">The model's open file.</param>
    /// <param name="panels">The panels; the caller owns them.</param>
    public static bool TryOpen(GgufFile model, [NotNullWhen(true)] out PanelFile? panels)
    {
        ArgumentNullException.ThrowIfNull(model);
        panels = null;
        string path = PathOf(model.Name);
        if (!File.Exists(path))
            return false;
        GgufFile? file = null;
        try
        {
            file = GgufFile.Open(path);
            bool belongs = file.Metadata.TryGetValue(VersionKey, out var version)
                && version.Type == GgufValueType.UInt32
                && version.Bits == LayoutVersion
                && file.Metadata.GetString(SourceKey, "") == ModelIdentity.OfWeights(model);
            if (belongs)
                panels = new PanelFile(file);
        }
        catch (InvalidModelException)
        {
            // A damaged file of panels is no more than a missing one: the model has all that is needed.
        }

        if (panels == null)
            file?.Dispose();
        return panels != null;
    }

    /// <summary>Packs a model matrix by matrix and writes its panels beside it, whole or not at all. No more than one matrix is in memory.</summary>
    /// <param name="model">The model's open file.</param>
    /// <param name="kernels">Any rung's kernels: the panels are the same.</param>
    /// <param name="pool">The workers.</param>
    /// <param name="progress">Told after each matrix, or null.</param>
    /// <param name="cancellation">Checked before each matrix.</param>
    /// <exception cref="InvalidModelException">The model is damaged or of a kind that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        GgufFile model,
        KernelSet kernels,
        WorkerPool pool,
        IProgress<LoadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var loader = new ModelLoader(model, kernels, pool, cancellation: cancellation) { LeavesMatrices = true };
        using var architecture = ArchitectureCatalog.Load(loader);
        var keys = new GgufMetadataBuilder(PathOf(model.Name))
        {
            { "general.type", "panels" },
            { "general.alignment", 4096u },
            { VersionKey, LayoutVersion },
            { SourceKey, ModelIdentity.OfWeights(model) },
        };
        var writer = new GgufWriter(keys.Build());
        long total = loader.VacantMatrices.Keys.Sum(matrix => matrix.Bytes);
        long written = 0;
        foreach (var tensor in loader.MatrixNames.Where(pair => !pair.Value.IsTurned).GroupBy(pair => pair.Value.Tensor, pair => pair.Key))
        {
            // What was asked for twice is there twice, one after the other.
            var matrices = tensor.Take(loader.MatrixNames[tensor.First()].Count).ToArray();
            long length = matrices.Sum(matrix => matrix.Bytes);
            writer.Add(tensor.Key, WeightType.I8, [length], stream =>
            {
                foreach (var matrix in matrices)
                {
                    cancellation.ThrowIfCancellationRequested();
                    using var packed = loader.VacantMatrices[matrix].Pack(matrix.Kernel, matrix.Rows, matrix.Columns, pool);
                    packed.CopyTo(stream);
                    progress?.Report(new LoadProgress(written += matrix.Bytes, total));
                }
            });
        }

        writer.Write(PathOf(model.Name));
    }

    /// <summary>Compares every weight of the panels with the model's.</summary>
    /// <param name="model">The model they belong to.</param>
    /// <param name="kernels">Any rung's kernels.</param>
    /// <param name="pool">The workers.</param>
    /// <param name="progress">Told after each tensor, or null.</param>
    /// <param name="cancellation">Checked before each tensor.</param>
    /// <exception cref="InvalidModelException">A weight differs, or the panels have the wrong size.</exception>
    /// <exception cref="OperationCanceledException">Comparing was cancelled.</exception>
    public void Verify(
        GgufFile model,
        KernelSet kernels,
        WorkerPool pool,
        IProgress<LoadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(pool);
        long total = file.Tensors.Sum(panels => panels.ByteLength);
        long compared = 0;
        foreach (var panels in file.Tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!model.TryGetTensor(panels.Name, out var tensor)
                || !WeightFormat.TryGet(tensor.Type, out var format)
                || !kernels.TryGetPanel(tensor.Type, out var kernel))
            {
                throw new InvalidModelException($"{file.Name}: the model has no matrix {panels.Name}.");
            }

            var dimensions = tensor.Dimensions;
            int columns = (int)dimensions[0];
            int rows = dimensions.Length > 1 ? (int)dimensions[1] : 1;
            int count = dimensions.Length > 2 ? (int)dimensions[2] : 1;
            for (int i = 0; i < count; i++)
            {
                using var matrix = PackedMatrix.Map(kernel, Slice(panels, kernel, rows, columns, i, count), rows, columns);
                int rowBytes = checked((int)format.RowBytes(columns));
                var region = new RowComparison(matrix, format, tensor, (long)i * rows * rowBytes, rowBytes, new bool[rows]);
                pool.Run(ref region, rows);
                int differs = Array.IndexOf(region.Differs, true);
                if (differs >= 0)
                    throw new InvalidModelException($"{file.Name}: row {differs} of {panels.Name} is not the model's; write the panels again.");
            }

            compared += panels.ByteLength;
            progress?.Report(new LoadProgress(compared, total));
        }
    }

    /// <summary>Frees the map; the matrices in it die.</summary>
    public void Dispose() => file.Dispose();

    /// <summary>Finds one of <paramref name="count"/> equal matrices of a tensor. Panels of another size are as good as none.</summary>
    internal bool TryGet(string name, PanelKernel kernel, int rows, int columns, int index, int count, [NotNullWhen(true)] out PackedMatrix? matrix)
    {
        matrix = file.TryGetTensor(name, out var panels) && panels.ByteLength == checked(PackedMatrix.BytesOf(kernel, rows, columns) * count)
            ? PackedMatrix.Map(kernel, Slice(panels, kernel, rows, columns, index, count), rows, columns)
            : null;
        return matrix != null;
    }

    private nint Slice(GgufTensor panels, PanelKernel kernel, int rows, int columns, int index, int count)
    {
        long bytes = PackedMatrix.BytesOf(kernel, rows, columns);
        return panels.ByteLength == checked(bytes * count)
            ? panels.Address + (nint)(bytes * index)
            : throw new InvalidModelException(
                $"{file.Name}: {panels.Name} has {panels.ByteLength} bytes instead of {bytes * count}; write the panels again or delete the file.");
    }

    private readonly struct RowComparison(
        PackedMatrix matrix, WeightFormat format, GgufTensor tensor, long start, int rowBytes, bool[] differs) : IParallelRegion
    {
        public bool[] Differs => differs;

        public void Run(int chunk, int worker)
        {
            float[] packed = new float[matrix.Columns];
            float[] expected = new float[matrix.Columns];
            matrix.DecodeRow(chunk, packed);
            format.Decode(tensor.Slice(start + ((long)chunk * rowBytes), rowBytes), expected);
            differs[chunk] = !packed.AsSpan().SequenceEqual(expected);
        }
    }
}
