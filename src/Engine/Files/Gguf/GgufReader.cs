using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.Gguf;

/// <summary>Reads one mapped file: header, keys, tensor records. The layout is drawn at <see cref="GgufLayout"/>.</summary>
internal static class GgufReader
{
    /// <summary>Key length, one byte of key, type, one byte of value.</summary>
    private const int LeastKeyBytes = 8 + 1 + 4 + 1;

    /// <summary>Name length, number of dimensions, type, offset.</summary>
    private const int LeastTensorBytes = 8 + 4 + 4 + 8;

    /// <summary>Reads and checks everything but the tensors' contents.</summary>
    /// <exception cref="InvalidModelException">The file is damaged or no GGUF file of a version that can be read.</exception>
    public static (GgufMetadata Metadata, List<GgufTensor> Tensors) Read(MappedFile map)
    {
        var cursor = new GgufCursor(map);
        var magic = ReadMagicAndVersion(cursor);
        var tensorCount = cursor.ReadUInt64("the number of tensors");
        var keyCount = cursor.ReadUInt64("the number of keys");
        var keys = cursor.CheckCount(keyCount, LeastKeyBytes, "the number of keys");
        cursor.CheckCount(tensorCount, LeastTensorBytes, "the number of tensors");

        var values = ReadKeys(cursor, keys);
        if (magic == GgufLayout.PowerInferMagic)
            AddActivation(values);
        var metadata = new GgufMetadata(map.Name, values);
        var alignment = ReadAlignment(cursor, metadata);
        var records = ReadRecords(cursor, cursor.CheckCount(tensorCount, LeastTensorBytes, "the number of tensors"), alignment);
        return (metadata, Place(cursor, records, alignment));
    }

    /// <summary>In PowerInfer's files every activation is ReLU, and only the magic says so: made a key, so that it is not lost behind here.</summary>
    private static void AddActivation(OrderedDictionary<string, GgufValue> values)
    {
        if (values.TryGetValue("general.architecture", out var architecture) && architecture.Type == GgufValueType.String)
            values.TryAdd($"{architecture}.hidden_activation", "relu");
    }

    private static uint ReadMagicAndVersion(GgufCursor cursor)
    {
        if (cursor.Remaining == 0)
            throw cursor.Error("the file is empty, or a pipe, which a model cannot be read from");
        if (cursor.Remaining < sizeof(uint))
            throw cursor.Error($"the file has only {cursor.Remaining} bytes; it is no GGUF file");

        var magic = cursor.ReadUInt32("the magic");
        if (magic == BinaryPrimitives.ReverseEndianness(GgufLayout.Magic))
            throw cursor.Error("the file is big-endian GGUF; only little-endian files can be read");
        if (magic != GgufLayout.Magic && magic != GgufLayout.PowerInferMagic)
            throw cursor.Error($"the file is no GGUF file: {DescribeOther(cursor.Map)}");

        var version = cursor.ReadUInt32("the version");
        if (version is >= GgufLayout.OldestVersion and <= GgufLayout.Version)
            return magic;
        if (version != 0 && (version & 0xFFFF) == 0)
        {
            throw cursor.Error($"the file is big-endian GGUF (version {BinaryPrimitives.ReverseEndianness(version)}); "
                + "only little-endian files can be read");
        }

        throw cursor.Error($"the file has GGUF version {version}; versions 2 and 3 can be read"
            + (version == 1 ? ", and files of version 1 have to be converted again" : ""));
    }

    private static string DescribeOther(MappedFile map)
    {
        var start = map.Bytes(0, Math.Min(map.Length, 64));
        if (start.StartsWith("version https://git-lfs"u8))
            return "it is the Git LFS pointer to a model, and 'git lfs pull' would fetch the model";
        if (start.StartsWith("PK\x03\x04"u8))
            return "it is a zip archive (or a PyTorch checkpoint)";
        if (start.StartsWith("lmgg"u8) || start.StartsWith("fmgg"u8) || start.StartsWith("tjgg"u8) || start.StartsWith("algg"u8))
            return "it is of an older GGML kind, from before GGUF, and has to be converted again";
        if (start.Length > 9 && start[8] == '{')
            return "it looks like a safetensors file";
        return $"it begins with {Convert.ToHexString(start[..4])} instead of 47475546 (\"GGUF\")";
    }

    private static OrderedDictionary<string, GgufValue> ReadKeys(GgufCursor cursor, int count)
    {
        var values = new OrderedDictionary<string, GgufValue>();
        for (var i = 0; i < count; i++)
        {
            var at = cursor.Position;
            var key = cursor.ReadString($"the name of key {i}");
            if (key.Length == 0)
                throw cursor.Error(at, $"the name of key {i} is empty");
            if (!values.TryAdd(key, ReadValue(cursor, key)))
                throw cursor.Error(at, $"key '{key}' is there twice");
        }

        return values;
    }

    private static GgufValue ReadValue(GgufCursor cursor, string key)
    {
        var what = $"the value of key '{key}'";
        var at = cursor.Position;
        var type = (GgufValueType)cursor.ReadUInt32(what);
        if (type == GgufValueType.String)
            return cursor.ReadString(what);
        if (type == GgufValueType.Array)
            return ReadArray(cursor, key);

        var size = GgufScalar.Size(type);
        if (size == 0)
            throw cursor.Error(at, $"key '{key}' has the unknown value type {(uint)type}");
        return GgufValue.OfBits(type, GgufScalar.ReadBits(cursor.Take(size, what)));
    }

    private static GgufValue ReadArray(GgufCursor cursor, string key)
    {
        var what = $"the array of key '{key}'";
        var at = cursor.Position;
        var type = (GgufValueType)cursor.ReadUInt32(what);
        var size = type == GgufValueType.String ? sizeof(ulong) : GgufScalar.Size(type);
        if (type == GgufValueType.Array)
            throw cursor.Error(at, $"key '{key}' is an array of arrays, which cannot be read");
        if (size == 0)
            throw cursor.Error(at, $"key '{key}' is an array of the unknown value type {(uint)type}");

        var count = cursor.CheckCount(cursor.ReadUInt64(what), size, $"the length of the array of key '{key}'");
        var start = cursor.Position;
        if (type == GgufValueType.String)
            cursor.SkipStrings(count, what);
        else
            cursor.Skip((long)count * size, what);
        var bytes = cursor.Position - start;
        if (bytes > Array.MaxLength)
            throw cursor.Error(at, $"key '{key}' is an array of {bytes} bytes; the limit is {Array.MaxLength}");
        return type == GgufValueType.String
            ? GgufValue.OfFile(new GgufStringArray(cursor.Map, start, (int)bytes, count))
            : GgufValue.OfFile(type, count, cursor.Map, start);
    }

    private static uint ReadAlignment(GgufCursor cursor, GgufMetadata metadata)
    {
        if (!metadata.TryGetValue(GgufLayout.AlignmentKey, out var value))
            return GgufLayout.DefaultAlignment;
        if (value.Type != GgufValueType.UInt32)
            throw cursor.Error($"key '{GgufLayout.AlignmentKey}' is {value.Describe()}; it should be of type UInt32");
        var alignment = (uint)value.Bits;
        if (!GgufLayout.IsAlignment(alignment))
            throw cursor.Error($"key '{GgufLayout.AlignmentKey}' is {alignment}; it should be a power of two");
        return alignment;
    }

    private static List<TensorRecord> ReadRecords(GgufCursor cursor, int count, uint alignment)
    {
        var records = new List<TensorRecord>();
        var names = new HashSet<string>();
        for (var i = 0; i < count; i++)
        {
            var at = cursor.Position;
            var utf8 = cursor.ReadUtf8($"the name of tensor {i}");
            if (utf8.Length > GgufLayout.MaxNameBytes)
                throw cursor.Error(at, $"the name of tensor {i} has {utf8.Length} bytes; the limit is {GgufLayout.MaxNameBytes}");
            var name = Encoding.UTF8.GetString(utf8);
            if (!names.Add(name))
                throw cursor.Error(at, $"tensor '{name}' is there twice");
            records.Add(ReadRecord(cursor, name, alignment));
        }

        return records;
    }

    private static TensorRecord ReadRecord(GgufCursor cursor, string name, uint alignment)
    {
        var what = $"the record of tensor '{name}'";
        var at = cursor.Position;
        var rank = cursor.ReadUInt32(what);
        if (rank > GgufLayout.MaxDimensions)
            throw cursor.Error(at, $"tensor '{name}' has {rank} dimensions; the limit is {GgufLayout.MaxDimensions}");

        // A dimension of 2^63 or more becomes negative and is refused with the product.
        var dimensions = new long[rank];
        foreach (ref var dimension in dimensions.AsSpan())
            dimension = (long)cursor.ReadUInt64(what);
        var type = (WeightType)cursor.ReadUInt32(what);
        if (!GgufLayout.TryMeasure(type, dimensions, out var elements, out var bytes, out var problem))
            throw cursor.Error(at, $"tensor '{name}' {problem}");

        at = cursor.Position;
        var offset = cursor.ReadUInt64(what);
        if (offset % alignment != 0)
            throw cursor.Error(at, $"tensor '{name}' has the offset {offset}, which is no multiple of the alignment {alignment}");
        return new TensorRecord(name, type, dimensions, elements, offset, bytes);
    }

    /// <summary>Checks that every tensor lies in the data section and that no two share a byte.</summary>
    private static List<GgufTensor> Place(GgufCursor cursor, List<TensorRecord> records, uint alignment)
    {
        var map = cursor.Map;
        var dataStart = GgufLayout.Align(cursor.Position, alignment);
        var dataLength = Math.Max(0, map.Length - dataStart);
        var tensors = new List<GgufTensor>(records.Count);
        foreach (var (name, type, dimensions, elements, offset, bytes) in CollectionsMarshal.AsSpan(records))
        {
            if (offset > (ulong)dataLength || bytes > dataLength - (long)offset)
            {
                throw cursor.Error($"tensor '{name}' needs {bytes} bytes at {offset} of the data, which has {dataLength} bytes; "
                    + "the file is damaged or was not copied to its end");
            }

            // Without bytes there is no place: a file may end before its data section would begin.
            var absolute = bytes == 0 ? 0 : dataStart + (long)offset;
            tensors.Add(new GgufTensor(map, name, type, dimensions, elements, absolute, bytes));
        }

        var byOffset = tensors.Where(tensor => tensor.ByteLength > 0).ToArray();
        Array.Sort(byOffset, (a, b) => a.Offset.CompareTo(b.Offset));
        for (var i = 1; i < byOffset.Length; i++)
        {
            if (byOffset[i].Offset - byOffset[i - 1].Offset < byOffset[i - 1].ByteLength)
                throw cursor.Error($"tensors '{byOffset[i - 1].Name}' and '{byOffset[i].Name}' overlap");
        }

        return tensors;
    }

    private readonly record struct TensorRecord(
        string Name, WeightType Type, long[] Dimensions, long Elements, ulong Offset, long Bytes);
}
