using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Hearth.Engine.Files;

namespace Hearth.Engine.Quantization;

/// <summary>Reads the form of importance matrices from before they were GGUF files.</summary>
/// <remarks>
/// <code>
/// i32 entries
/// per entry: i32 length | name | i32 calls | i32 values | f32 x values      mean squares times calls
/// then, in newer files: i32 chunks | i32 length | name of the text
/// </code>
/// Source: <c>imatrix.dat</c> files as llama.cpp wrote them.
/// </remarks>
internal sealed class LegacyImportanceReader
{
    private const int MaxNameBytes = 1 << 12;
    private const int LeastEntryBytes = 3 * sizeof(int);

    private readonly MappedFile map;
    private long position;

    private LegacyImportanceReader(MappedFile map) => this.map = map;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidModelException">It is damaged or something else.</exception>
    public static ImportanceMatrix Read(MappedFile map) => new LegacyImportanceReader(map).Read();

    private ImportanceMatrix Read()
    {
        int count = ReadCount("the number of entries", LeastEntryBytes);
        if (count == 0)
            throw Error("has no entries");
        var entries = new Dictionary<string, ImportanceEntry>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string name = ReadName($"the name of entry {i}");
            int calls = ReadCount($"the calls of {name}", 0);
            int values = ReadCount($"the number of values of {name}", sizeof(float));
            if (values == 0)
                throw Error($"has no values for {name}");
            float[] sums = MemoryMarshal.Cast<byte, float>(Take((long)values * sizeof(float), name)).ToArray();
            foreach (float sum in sums)
            {
                if (!float.IsFinite(sum) || sum < 0)
                    throw Error($"has the value {sum} for {name}, which is no sum of squares");
            }

            if (!entries.TryAdd(name, new ImportanceEntry(sums, [Math.Max(calls, 1)])))
                throw Error($"has {name} twice");
        }

        if (position == map.Length)
            return new ImportanceMatrix(map.Name, entries, [], 0, 0);
        int chunks = ReadCount("the number of chunks", 0);
        return new ImportanceMatrix(map.Name, entries, [ReadName("the name of the text")], chunks, 0);
    }

    private string ReadName(string what)
    {
        int length = ReadCount($"the length of {what}", 1);
        if (length > MaxNameBytes)
            throw Error($"says that {what} has {length} bytes");
        return Encoding.UTF8.GetString(Take(length, what));
    }

    /// <summary>A count of things of at least so many bytes each, which have to fit into the rest of the file.</summary>
    private int ReadCount(string what, int leastBytes)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int), what));
        if (count < 0 || (long)count * leastBytes > map.Length - position)
            throw Error($"says that {what} is {count}, which {map.Length - position} bytes cannot hold");
        return count;
    }

    private ReadOnlySpan<byte> Take(long bytes, string what)
    {
        if (bytes > map.Length - position)
            throw Error($"ends inside of {what}");
        var taken = map.Bytes(position, bytes);
        position += bytes;
        return taken;
    }

    private InvalidModelException Error(string fact) => new($"{map.Name}: is no importance matrix, or a damaged one: it {fact}.");
}
