using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Quantization;

/// <summary>
/// Writes what a <see cref="QuantizationPlan"/> decided, tensor by tensor in slabs of rows: whatever the model's size, it takes some
/// megabytes beside the pages of the original, which are let go behind. The bytes do not depend on the number of threads.
/// </summary>
public static class Quantizer
{
    private const uint QuantizationVersion = 2;

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="plan">What becomes of each tensor.</param>
    /// <param name="path">The file, which must not be the original.</param>
    /// <param name="pool">The workers.</param>
    /// <param name="progress">Told after each slab, or null.</param>
    /// <param name="cancellation">Checked before each slab.</param>
    /// <exception cref="InvalidModelException">A type needs an importance matrix, and there is none, or none for that tensor.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the target is as it was.</exception>
    public static void Write(
        QuantizationPlan plan,
        string path,
        WorkerPool pool,
        IProgress<QuantizationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(pool);
        if (plan.Tensors.FirstOrDefault(tensor => tensor.LacksImportance) is { } lacking)
        {
            throw new InvalidModelException(
                $"{plan.File.Name}: the tensor {lacking.Source.Name} would be {lacking.Type}, which needs an importance matrix (--imatrix)"
                + (plan.Options.Importance is { } given ? $", and {given.Name} has no entry for it." : "."));
        }

        var writer = new GgufWriter(Describe(plan));
        var encoder = new TensorEncoder(pool, cancellation);
        long total = plan.SourceBytes;
        long done = 0;
        foreach (var tensor in plan.Tensors)
        {
            writer.Add(tensor.Source.Name, tensor.Type, tensor.Source.Dimensions, stream =>
            {
                var importance = Importance(plan, tensor);
                encoder.Write(tensor, importance, stream, bytes =>
                {
                    done += bytes;
                    progress?.Report(new QuantizationProgress(tensor.Source.Name, done, total));
                });
            });
        }

        writer.Write(path);
    }

    private static float[] Importance(QuantizationPlan plan, PlannedTensor tensor)
        => plan.Options.Importance is { } matrix && matrix.TryGet(tensor.Source.Name, tensor.Columns, tensor.Matrices, out float[]? values)
            ? values
            : [];

    private static GgufMetadata Describe(QuantizationPlan plan)
    {
        var keys = new GgufMetadataBuilder(plan.File.Metadata)
        {
            ["general.file_type"] = (uint)plan.Options.Kind.Number,
            ["general.quantization_version"] = QuantizationVersion,
        };
        if (plan.Options.Importance is { } importance)
        {
            keys["quantize.imatrix.file"] = Path.GetFileName(importance.Name);
            if (importance.Datasets.Count > 0)
                keys["quantize.imatrix.dataset"] = importance.Datasets[0];
            keys["quantize.imatrix.entries_count"] = (uint)importance.Entries.Count;
            if (importance.ChunkCount > 0)
                keys["quantize.imatrix.chunks_count"] = (uint)importance.ChunkCount;
        }

        return keys.Build();
    }
}
