using System.Buffers.Binary;
using System.Text;

namespace Hearth.Engine.Files.Gguf;

/// <summary>
/// A position in a file that is being read from front to back. Every read is checked against the bytes that remain, and what is
/// missing is said with the offset and with what the bytes were wanted for.
/// </summary>
internal sealed class GgufCursor(MappedFile map)
{
    /// <summary>No true key, name or value comes near; .NET strings end at 2^30 characters.</summary>
    private const long MaxStringBytes = 1 << 28;

    public MappedFile Map => map;

    /// <summary>Bytes from the start of the file.</summary>
    public long Position { get; private set; }

    public long Remaining => map.Length - Position;

    public uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));

    public ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));

    /// <summary>A length field and as many bytes of UTF-8.</summary>
    public ReadOnlySpan<byte> ReadUtf8(string what)
    {
        var at = Position;
        var length = ReadUInt64(what);
        if (length > (ulong)Remaining)
            throw Error(at, $"{what} is {length} bytes long, but only {Remaining} bytes are left in the file");
        if (length > MaxStringBytes)
            throw Error(at, $"{what} is {length} bytes long; the limit is {MaxStringBytes}");
        return Take((int)length, what);
    }

    public string ReadString(string what) => Encoding.UTF8.GetString(ReadUtf8(what));

    /// <summary>Checks and passes strings, in one loop over the bytes because a vocabulary has hundreds of thousands.</summary>
    public void SkipStrings(int count, string what)
    {
        var window = map.Bytes(Position, Math.Min(Remaining, Array.MaxLength));
        var at = 0;
        var passed = 0;
        for (; passed < count && window.Length - at >= sizeof(ulong); passed++)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(window[at..]);
            if (length > MaxStringBytes || length > (ulong)(window.Length - at - sizeof(ulong)))
                break;
            at += sizeof(ulong) + (int)length;
        }

        // What did not fit is refused with its reason, or lies beyond the window.
        Position += at;
        for (; passed < count; passed++)
            ReadUtf8(what);
    }

    /// <summary>
    /// A count of records that follow, each of at least <paramref name="leastBytes"/> bytes: checked against the bytes that remain,
    /// so that it may be used as a capacity.
    /// </summary>
    public int CheckCount(ulong count, int leastBytes, string what)
    {
        if (count > (ulong)(Remaining / leastBytes))
            throw Error(Position, $"{what} is {count}, but the {Remaining} bytes that are left in the file cannot hold so many");
        if (count > (ulong)Array.MaxLength)
            throw Error(Position, $"{what} is {count}; the limit is {Array.MaxLength}");
        return (int)count;
    }

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(int length, string what)
    {
        var start = Position;
        Skip(length, what);
        return map.Bytes(start, length);
    }

    /// <summary>Passes bytes.</summary>
    public void Skip(long length, string what)
    {
        if (length > Remaining)
            throw Error(Position, $"the file ends inside {what}: {length} bytes are needed and {Remaining} are left");
        Position += length;
    }

    public InvalidModelException Error(long offset, string fact) => new($"{map.Name}: at byte {offset}: {fact}.");

    public InvalidModelException Error(string fact) => new($"{map.Name}: {fact}.");
}
