using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Hearth.Engine.Files.HuggingFace;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.Safetensors;

/// <summary>An open safetensors file: where its tensors lie. Nothing of them is read before it is asked for.</summary>
/// <remarks>
/// <code>
/// u64 length | header: JSON object of that many bytes | data
/// header: name -> { "dtype": "F16", "shape": [rows, columns], "data_offsets": [begin, end] }, offsets from the start of the data
/// </code>
/// Source: the format's specification, which also demands that the tensors fill the data without gaps and overlaps.
/// </remarks>
internal sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = sizeof(ulong);

    /// <summary>The specification's own limit.</summary>
    private const long MaxHeaderBytes = 100_000_000;

    private const int MaxDimensions = 8;

    private readonly Dictionary<string, SafetensorsTensor> tensors;

    private SafetensorsFile(MappedFile map, Dictionary<string, SafetensorsTensor> tensors)
    {
        Map = map;
        this.tensors = tensors;
    }

    /// <summary>The file's bytes.</summary>
    public MappedFile Map { get; }

    /// <summary>The tensors, by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => tensors;

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidModelException">It cannot be read, is no safetensors file, or is damaged.</exception>
    public static SafetensorsFile Open(string path)
    {
        var map = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(map, ReadHeader(map));
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor) => tensors.TryGetValue(name, out tensor);

    public void Dispose() => Map.Dispose();

    private static Dictionary<string, SafetensorsTensor> ReadHeader(MappedFile map)
    {
        if (map.Length < LengthBytes)
            throw Error(map, $"has only {map.Length} bytes; it is no safetensors file");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(map.Bytes(0, LengthBytes));
        if (length > MaxHeaderBytes || (long)length > map.Length - LengthBytes)
            throw Error(map, $"says that its header has {length} bytes, but the file has {map.Length}; it is no safetensors file, or cut off");
        using var header = FolderJson.Parse(map.Name, " has a header that", map.Bytes(LengthBytes, (long)length).ToArray());
        if (header.RootElement.ValueKind != JsonValueKind.Object)
            throw Error(map, "has a header that is no JSON object");
        long start = LengthBytes + (long)length;
        var tensors = new Dictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name != "__metadata__" && !tensors.TryAdd(entry.Name, ReadTensor(map, entry.Name, entry.Value, start)))
                throw Error(map, $"has the tensor {entry.Name} twice");
        }

        CheckTiling(map, tensors.Values, start);
        return tensors;
    }

    private static SafetensorsTensor ReadTensor(MappedFile map, string name, JsonElement entry, long start)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array
            || !entry.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2)
        {
            throw Error(map, $"describes the tensor {name} without dtype, shape and data_offsets");
        }

        string type = dtype.GetString()!;
        int elementBytes = ElementBytes(type);
        if (elementBytes == 0)
            throw Error(map, $"has the tensor {name} of the unknown type {type}");
        if (shape.GetArrayLength() > MaxDimensions)
            throw Error(map, $"has the tensor {name} of {shape.GetArrayLength()} dimensions; the limit is {MaxDimensions}");
        long[] sizes = [.. shape.EnumerateArray().Select(size => Number(map, name, size))];
        Int128 bytes = elementBytes;
        Int128 bound = elementBytes;
        foreach (long size in sizes)
        {
            bytes *= size;

            // A size of 0 makes an empty tensor, but no product of the others may leave all bounds.
            bound *= Math.Max(size, 1);
            if (bound > long.MaxValue)
                throw Error(map, $"has the tensor {name} [{string.Join(", ", sizes)}], which is larger than any file");
        }

        long begin = Number(map, name, offsets[0]);
        long end = Number(map, name, offsets[1]);
        if (begin > end || end > map.Length - start)
            throw Error(map, $"has the tensor {name} at {begin} to {end} of {map.Length - start} bytes of data; the file is damaged or cut off");
        if (end - begin != bytes)
            throw Error(map, $"has {end - begin} bytes for the tensor {name} [{string.Join(", ", sizes)}] of type {type}, which needs {bytes}");
        return new SafetensorsTensor(map, name, type, WeightTypeOf(type), sizes, start + begin, end - begin);
    }

    private static void CheckTiling(MappedFile map, IEnumerable<SafetensorsTensor> tensors, long start)
    {
        long position = start;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteLength))
        {
            if (tensor.Offset < position)
                throw Error(map, $"has the tensor {tensor.Name} inside of another one");
            if (tensor.Offset > position)
                throw Error(map, $"has {tensor.Offset - position} bytes in front of the tensor {tensor.Name} that belong to none");
            position += tensor.ByteLength;
        }

        if (position != map.Length)
            throw Error(map, $"has {map.Length - position} bytes behind its last tensor that belong to none");
    }

    private static long Number(MappedFile map, string name, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0
            ? number
            : throw Error(map, $"has {value.GetRawText()} in the description of the tensor {name}, which is no size");

    private static int ElementBytes(string type) => type switch
    {
        "F64" or "I64" or "U64" or "C64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "F8_E4M3" or "F8_E5M2" or "F8_E8M0" or "I8" or "U8" or "BOOL" => 1,
        _ => 0,
    };

    private static WeightType? WeightTypeOf(string type) => type switch
    {
        "F32" => WeightType.F32,
        "F16" => WeightType.F16,
        "BF16" => WeightType.BF16,
        _ => null,
    };

    private static InvalidModelException Error(MappedFile map, string fact) => new($"{map.Name}: {fact}.");
}
