using System.Text;

namespace Hearth.Engine.Tokenization;

/// <summary>Byte strings, numbered from zero and kept end to end in one block: a vocabulary without an object per piece.</summary>
internal sealed class Utf8List
{
    private int[] starts; // [capacity + 1]
    private byte[] bytes;

    /// <summary>Makes an empty list.</summary>
    /// <param name="capacity">About how many strings will be added.</param>
    public Utf8List(int capacity)
    {
        starts = new int[capacity + 1];
        bytes = new byte[Math.Max(256, (int)Math.Min(capacity * 8L, Array.MaxLength))];
    }

    /// <summary>The number of strings.</summary>
    public int Count { get; private set; }

    /// <summary>A string; the view holds until the next addition.</summary>
    public ReadOnlySpan<byte> this[int index] => bytes.AsSpan(starts[index], starts[index + 1] - starts[index]);

    /// <summary>Adds a copy of a string.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        Commit(text.Length);
    }

    /// <summary>Adds the UTF-8 form of a string.</summary>
    public void Add(string text) => Commit(Encoding.UTF8.GetBytes(text, Reserve(checked(text.Length * 3))));

    /// <summary>Room for the next string, to be filled and then added by <see cref="Commit"/>.</summary>
    /// <param name="length">The most bytes that it may have.</param>
    public Span<byte> Reserve(int length)
    {
        var start = starts[Count];
        if (bytes.Length - start < length)
        {
            var needed = (long)start + length;
            if (needed > Array.MaxLength)
            {
                throw new InvalidModelException($"The vocabulary's texts take more than {Array.MaxLength} bytes.");
            }

            Array.Resize(ref bytes, (int)Math.Min(Math.Max(needed, bytes.Length * 2L), Array.MaxLength));
        }

        return bytes.AsSpan(start, length);
    }

    /// <summary>Adds the first bytes of what was reserved.</summary>
    public void Commit(int length)
    {
        if (Count + 1 == starts.Length) Array.Resize(ref starts, (Count * 2) + 2);
        starts[Count + 1] = starts[Count] + length;
        Count++;
    }

    /// <summary>A string as text.</summary>
    public string Text(int index) => Encoding.UTF8.GetString(this[index]);
}
