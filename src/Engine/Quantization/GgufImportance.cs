using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Quantization;

/// <summary>
/// Importance matrices as GGUF files: for each tensor NAME the tensors <c>NAME.in_sum2</c> [columns, matrices] and <c>NAME.counts</c>
/// [1, matrices], both F32.
/// </summary>
/// <remarks>Source: the files that llama.cpp's <c>llama-imatrix</c> writes and its quantiser reads.</remarks>
internal static class GgufImportance
{
    private const string SumsEnding = ".in_sum2";
    private const string CountsEnding = ".counts";
    private const string TypeKey = "general.type";
    private const string Type = "imatrix";
    private const string DatasetsKey = "imatrix.datasets";
    private const string ChunkCountKey = "imatrix.chunk_count";
    private const string ChunkSizeKey = "imatrix.chunk_size";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidModelException">It is another kind of file, or damaged.</exception>
    public static ImportanceMatrix Read(GgufFile file)
    {
        if (file.Metadata.GetString(TypeKey, "model") is var type && type != Type)
            throw new InvalidModelException($"{file.Name}: is no importance matrix: its {TypeKey} is '{type}' instead of '{Type}'.");

        var entries = new Dictionary<string, ImportanceEntry>(StringComparer.Ordinal);
        foreach (var tensor in file.Tensors)
        {
            if (!tensor.Name.EndsWith(SumsEnding, StringComparison.Ordinal))
                continue;
            string name = tensor.Name[..^SumsEnding.Length];
            if (!file.TryGetTensor(name + CountsEnding, out var counts))
                throw new InvalidModelException($"{file.Name}: {tensor.Name} is there without {name}{CountsEnding}; the file is damaged.");
            float[] sums = Floats(file, tensor);
            float[] tokens = Floats(file, counts);
            if (tokens.Length == 0 || tensor.Dimensions.IsEmpty || tensor.Dimensions[0] * tokens.Length != sums.Length)
            {
                throw new InvalidModelException(
                    $"{file.Name}: {tensor.Name} has {sums.Length} values for {tokens.Length} counts; the file is damaged.");
            }

            entries.Add(name, new ImportanceEntry(sums, tokens));
        }

        if (entries.Count == 0)
            throw new InvalidModelException($"{file.Name}: has no entries, so it is no importance matrix.");
        string[] datasets = file.Metadata.TryGetStringArray(DatasetsKey, out var texts) ? [.. texts] : [];
        return new ImportanceMatrix(
            file.Name, entries, datasets, file.Metadata.GetInt32(ChunkCountKey, 0), file.Metadata.GetInt32(ChunkSizeKey, 0));
    }

    /// <summary>Writes a file.</summary>
    public static void Write(ImportanceMatrix matrix, string path)
    {
        var writer = new GgufWriter(new GgufMetadataBuilder(path)
        {
            [TypeKey] = Type,
            [DatasetsKey] = GgufValue.ArrayOf([.. matrix.Datasets]),
            [ChunkCountKey] = (uint)matrix.ChunkCount,
            [ChunkSizeKey] = (uint)matrix.ChunkSize,
        }.Build());
        foreach (var (name, entry) in matrix.Entries.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(writer, name + SumsEnding, [entry.Columns, entry.Matrices], entry.Sums);
            Add(writer, name + CountsEnding, [1, entry.Matrices], entry.Counts);
        }

        writer.Write(path);
    }

    private static void Add(GgufWriter writer, string name, ReadOnlySpan<long> dimensions, float[] values)
        => writer.Add(name, WeightType.F32, dimensions, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    private static float[] Floats(GgufFile file, GgufTensor tensor)
    {
        if (tensor.Type != WeightType.F32)
            throw new InvalidModelException($"{file.Name}: {tensor.Name} is of type {tensor.Type} instead of F32; the file is damaged.");
        float[] values = MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray();
        foreach (float value in values)
        {
            if (!float.IsFinite(value) || value < 0)
                throw new InvalidModelException($"{file.Name}: {tensor.Name} has the value {value}; the file is damaged.");
        }

        return values;
    }
}
