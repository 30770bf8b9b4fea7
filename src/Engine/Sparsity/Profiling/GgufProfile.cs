using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Sparsity.Profiling;

/// <summary>
/// Profiles as GGUF files: for each block NAME the tensors <c>NAME.frequency</c> [neurons] and <c>NAME.outlook</c>, both F32. The second has the share of
/// positive gates and, where signs can vote, z, the share that is chosen with it and the share of energy that is lost.
/// </summary>
internal static class GgufProfile
{
    private const uint Version = 1;
    private const string TypeKey = "general.type";
    private const string Type = "sparsity-profile";
    private const string VersionKey = "sparsity-profile.version";
    private const string TokensKey = "sparsity-profile.tokens";
    private const string LossKey = "sparsity-profile.allowed_loss";
    private const string FrequencyEnding = ".frequency";
    private const string OutlookEnding = ".outlook";

    // Far beyond what votes can reach, and far from what overflows.
    private const float LargestZ = 1e6f;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidModelException">It cannot be read, is damaged, or is another kind of file.</exception>
    public static SparsityProfile Read(string path)
    {
        using var file = GgufFile.Open(path);
        if (file.Metadata.GetString(TypeKey, "model") is var type && type != Type)
            throw new InvalidModelException($"{file.Name}: is no profile of neurons: its {TypeKey} is '{type}' instead of '{Type}'.");
        if (file.Metadata.GetUInt32(VersionKey) is var version && version != Version)
            throw new InvalidModelException($"{file.Name}: is a profile of version {version}, and this program reads version {Version}; make it again.");
        var layers = new List<LayerProfile>();
        foreach (var tensor in file.Tensors)
        {
            if (!tensor.Name.EndsWith(FrequencyEnding, StringComparison.Ordinal))
                continue;
            string name = tensor.Name[..^FrequencyEnding.Length];
            if (!file.TryGetTensor(name + OutlookEnding, out var outlook))
                throw new InvalidModelException($"{file.Name}: {tensor.Name} is there without {name}{OutlookEnding}; the file is damaged.");
            float[] frequencies = Floats(file, tensor);
            float[] numbers = Floats(file, outlook);
            bool isWhole = frequencies.Length > 0
                && numbers.Length is 1 or 4
                && Array.TrueForAll(frequencies, IsShare)
                && IsShare(numbers[0])
                && (numbers.Length == 1 || (Math.Abs(numbers[1]) <= LargestZ && IsShare(numbers[2]) && IsShare(numbers[3])));
            if (!isWhole)
                throw new InvalidModelException($"{file.Name}: what it has about {name} cannot be; the file is damaged.");
            layers.Add(new LayerProfile(name, frequencies, numbers[0], numbers.Length == 1 ? null : new SignOutlook(numbers[1], numbers[2], numbers[3])));
        }

        if (layers.Count == 0)
            throw new InvalidModelException($"{file.Name}: has no blocks, so it is no profile.");
        return new SparsityProfile(
            file.Name, (long)Math.Min(file.Metadata.GetUInt64(TokensKey, 0), long.MaxValue), file.Metadata.GetSingle(LossKey, 0), layers);
    }

    /// <summary>Writes a file.</summary>
    public static void Write(SparsityProfile profile, string path)
    {
        var writer = new GgufWriter(new GgufMetadataBuilder(path)
        {
            [TypeKey] = Type,
            [VersionKey] = Version,
            [TokensKey] = (ulong)profile.Tokens,
            [LossKey] = profile.AllowedLoss,
        }.Build());
        foreach (var layer in profile.Layers)
        {
            Add(writer, layer.Name + FrequencyEnding, [.. layer.Frequencies]);
            Add(
                writer,
                layer.Name + OutlookEnding,
                layer.Signs is { } signs ? [layer.GateShare, signs.Z, signs.ChosenShare, signs.LostEnergy] : [layer.GateShare]);
        }

        writer.Write(path);
    }

    private static bool IsShare(float value) => value is >= 0 and <= 1;

    private static void Add(GgufWriter writer, string name, float[] values)
        => writer.Add(name, WeightType.F32, [values.Length], stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    private static float[] Floats(GgufFile file, GgufTensor tensor)
        => tensor.Type == WeightType.F32
            ? MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray()
            : throw new InvalidModelException($"{file.Name}: {tensor.Name} is of type {tensor.Type} instead of F32; the file is damaged.");
}
