using System.Globalization;

namespace Hearth.Engine.Files.Gguf;

/// <summary>
/// Models split into files <c>NAME-00001-of-0000N.gguf</c>. The first part has the model's keys; each part has its number from
/// zero (<c>split.no</c>), the number of parts (<c>split.count</c>) and the number of tensors of all parts together
/// (<c>split.tensors.count</c>). Offsets are relative to each part.
/// </summary>
internal static class GgufSplit
{
    private const string NumberKey = "split.no";
    private const string CountKey = "split.count";
    private const string TensorsKey = "split.tensors.count";

    /// <summary>As many as five digits name.</summary>
    private const int MaxParts = 99999;

    /// <summary>Whether keys are those of one of several parts.</summary>
    public static bool IsPart(GgufMetadata metadata, out int count)
    {
        count = metadata.GetInt32(CountKey, 0);
        if (count > MaxParts)
            throw new InvalidModelException($"{metadata.Name}: key '{CountKey}' is {count}; the limit is {MaxParts}.");
        return count > 1;
    }

    /// <summary>Opens all parts, given the path of any of them.</summary>
    public static (IReadOnlyList<MappedFile> Maps, GgufMetadata Metadata, IReadOnlyList<GgufTensor> Tensors) Open(string path, int count)
    {
        var prefix = FindPrefix(path, count);
        var maps = new List<MappedFile>();
        try
        {
            GgufMetadata? merged = null;
            var tensors = new List<GgufTensor>();
            var names = new HashSet<string>();
            for (var i = 0; i < count; i++)
            {
                var part = prefix + Suffix(i + 1, count);
                if (!File.Exists(part))
                    throw new InvalidModelException($"{path}: part {i + 1} of {count} is missing; it should be at {part}.");
                maps.Add(MappedFile.Open(part));
                var (metadata, found) = GgufReader.Read(maps[i]);
                CheckPart(metadata, i, count);
                merged ??= metadata;
                foreach (var tensor in found)
                {
                    if (!names.Add(tensor.Name))
                        throw new InvalidModelException($"{part}: tensor '{tensor.Name}' is also in an earlier part.");
                    tensors.Add(tensor);
                }
            }

            CheckTensorCount(merged!, tensors.Count);
            return (maps, WithoutSplitKeys(merged!), tensors);
        }
        catch
        {
            maps.ForEach(map => map.Dispose());
            throw;
        }
    }

    private static string FindPrefix(string path, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            var suffix = Suffix(i, count);
            if (path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                return path[..^suffix.Length];
        }

        throw new InvalidModelException($"{path}: is one of {count} parts of a model, but its name does not end in {Suffix(1, count)} "
            + "or the like, so the other parts cannot be found; give the file its name back.");
    }

    private static string Suffix(int number, int count) => string.Create(CultureInfo.InvariantCulture, $"-{number:D5}-of-{count:D5}.gguf");

    private static void CheckPart(GgufMetadata metadata, int index, int count)
    {
        var number = metadata.GetInt32(NumberKey);
        var total = metadata.GetInt32(CountKey);
        if (number != index || total != count)
        {
            throw new InvalidModelException($"{metadata.Name}: says that it is part {number + 1L} of {total}, "
                + $"but by its name it is part {index + 1} of {count}.");
        }
    }

    private static void CheckTensorCount(GgufMetadata metadata, int count)
    {
        if (metadata.TryGetInt32(TensorsKey, out var expected) && expected != count)
            throw new InvalidModelException($"{metadata.Name}: the model should have {expected} tensors, but its parts have {count}.");
    }

    private static GgufMetadata WithoutSplitKeys(GgufMetadata metadata)
    {
        var builder = new GgufMetadataBuilder(metadata);
        builder.Remove(NumberKey);
        builder.Remove(CountKey);
        builder.Remove(TensorsKey);
        return builder.Build();
    }
}
