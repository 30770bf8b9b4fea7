using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sparsity;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Quantization;

/// <summary>What becomes of each tensor of a file, decided and checked before anything is written.</summary>
public sealed class QuantizationPlan
{
    private QuantizationPlan(GgufFile file, QuantizationOptions options, IReadOnlyList<PlannedTensor> tensors)
    {
        File = file;
        Options = options;
        Tensors = tensors;
    }

    /// <summary>The original; it stays open as long as the plan is used.</summary>
    public GgufFile File { get; }

    /// <summary>What was asked for.</summary>
    public QuantizationOptions Options { get; }

    /// <summary>The tensors in the original's order.</summary>
    public IReadOnlyList<PlannedTensor> Tensors { get; }

    /// <summary>Weights in all.</summary>
    public long Weights => Tensors.Sum(tensor => tensor.Source.ElementCount);

    /// <summary>Bytes of all tensors of the original.</summary>
    public long SourceBytes => Tensors.Sum(tensor => tensor.Source.ByteLength);

    /// <summary>Bytes of all new tensors.</summary>
    public long Bytes => Tensors.Sum(tensor => tensor.Bytes);

    /// <summary>Bits of a weight, on average.</summary>
    public double BitsPerWeight => Weights == 0 ? 0 : 8.0 * Bytes / Weights;

    /// <summary>Decides.</summary>
    /// <exception cref="InvalidModelException">
    /// The file names no architecture, has tensors that cannot be decoded, or is quantised already; or the importance matrix is of another
    /// model.
    /// </exception>
    public static QuantizationPlan Create(GgufFile file, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        var rules = new TensorTypeRules(
            options.Kind,
            ModelTraits.Read(file.Metadata),
            file.Tensors.Select(tensor => tensor.Name),
            options.Importance is not null,
            options.Pure);
        var tensors = new List<PlannedTensor>(file.Tensors.Count);
        foreach (var tensor in file.Tensors)
        {
            var wanted = Wanted(tensor, rules, options);
            tensors.Add(Plan(file, tensor, wanted, options));
        }

        return new QuantizationPlan(file, options, tensors);
    }

    private static WeightType Wanted(GgufTensor tensor, TensorTypeRules rules, QuantizationOptions options)
    {
        bool isOutput = tensor.Name == "output.weight";
        if (!TensorTypeRules.CanQuantize(tensor.Name, tensor.Dimensions) || (isOutput && options.KeepOutput))
            return tensor.Type;
        if (isOutput && options.OutputType is { } output)
            return output;
        if (tensor.Name == "token_embd.weight" && options.EmbeddingType is { } embedding)
            return embedding;
        var type = rules.TypeOf(tensor.Name, tensor.Dimensions);
        foreach (var (pattern, asked) in options.TensorTypes)
        {
            if (pattern.IsMatch(tensor.Name))
                type = asked;
        }

        // What is added up row by row is decoded row by row, in registers: of few types. No type of these has fewer bits than it was asked for.
        return TurnedModel.IsTurned(tensor.Name) && type is not (WeightType.Q4_0 or WeightType.Q8_0 or WeightType.F16 or WeightType.BF16 or WeightType.F32)
            ? WeightType.Q8_0
            : type;
    }

    private static WeightType FittingType(GgufTensor tensor, WeightType wanted)
        => wanted == tensor.Type ? wanted : TensorTypeRules.FittingType(wanted, tensor.Dimensions[0]);

    private static PlannedTensor Plan(GgufFile file, GgufTensor tensor, WeightType wanted, QuantizationOptions options)
    {
        var planned = new PlannedTensor(tensor, FittingType(tensor, wanted), wanted);
        if (planned.IsKept)
            return planned;
        if (!WeightFormat.TryGet(tensor.Type, out var format))
            throw new InvalidModelException($"{file.Name}: the tensor {tensor.Name} is of type {tensor.Type}, which cannot be decoded.");
        if (format.BlockWeights > 1 && !options.AllowRequantize)
        {
            throw new InvalidModelException(
                $"{file.Name}: the tensor {tensor.Name} is quantised already ({tensor.Type}); quantising it again loses more than "
                + "quantising the original, and has to be allowed (--allow-requantize).");
        }

        bool hasImportance = options.Importance?.TryGet(tensor.Name, planned.Columns, planned.Matrices, out _) ?? false;
        return planned with { LacksImportance = PlannedTensor.FormatOf(planned.Type).NeedsImportance && !hasImportance };
    }
}
