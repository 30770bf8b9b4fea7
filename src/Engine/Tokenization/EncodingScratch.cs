using System.Text;

namespace Hearth.Engine.Tokenization;

/// <summary>Working memory of one encoding; kept from call to call, so that a long conversation does not allocate it anew.</summary>
internal sealed class EncodingScratch
{
    // What one long prompt needed is given back when the next texts are short again.
    private const int KeptBytes = 1 << 20;

    private byte[] bytes = new byte[256];

    /// <summary>The ids so far.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>The stretches between special tokens.</summary>
    public List<TextFragment> Fragments { get; } = [];

    /// <summary>The linked list of symbols and its heap.</summary>
    public PairMerger Merger { get; private set; } = new();

    /// <summary>The ends of words.</summary>
    public List<int> WordEnds { get; private set; } = [];

    /// <summary>The ends of words before the pass that is under way.</summary>
    public List<int> CoarserEnds { get; private set; } = [];

    /// <summary>Room for bytes; the next call may return the same bytes.</summary>
    public Span<byte> Bytes(int length)
    {
        if (bytes.Length < length) bytes = new byte[Math.Max(length, (int)Math.Min(bytes.Length * 2L, Array.MaxLength))];
        return bytes.AsSpan(0, length);
    }

    /// <summary>The UTF-8 form of a text; valid until bytes are asked for again.</summary>
    public ReadOnlySpan<byte> Utf8(ReadOnlySpan<char> text)
    {
        var bytes = Bytes(checked(text.Length * 3));
        return bytes[..Encoding.UTF8.GetBytes(text, bytes)];
    }

    /// <summary>The UTF-8 form of a text with spaces escaped as U+2581; valid until bytes are asked for again.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="prefixSpace">Whether to put a space before it.</param>
    public ReadOnlySpan<byte> EscapedUtf8(ReadOnlySpan<char> text, bool prefixSpace)
    {
        var bytes = Bytes(checked((text.Length + 1) * 3));
        var written = 0;
        if (prefixSpace) Escape(bytes, ref written);
        while (true)
        {
            var space = text.IndexOf(' ');
            written += Encoding.UTF8.GetBytes(space < 0 ? text : text[..space], bytes[written..]);
            if (space < 0) return bytes[..written];
            Escape(bytes, ref written);
            text = text[(space + 1)..];
        }

        static void Escape(Span<byte> bytes, ref int written)
        {
            "\u2581"u8.CopyTo(bytes[written..]);
            written += 3;
        }
    }

    /// <summary>Turns the ends that a pass has found into the pieces that the next pass splits.</summary>
    public void SwapEnds()
    {
        (WordEnds, CoarserEnds) = (CoarserEnds, WordEnds);
        WordEnds.Clear();
    }

    /// <summary>Empties the lists and lets go of what only an unusually long text needs.</summary>
    public void Reset()
    {
        Ids.Clear();
        Fragments.Clear();
        if (bytes.Length <= KeptBytes) return;
        bytes = new byte[256];
        Merger = new PairMerger();
        WordEnds = [];
        CoarserEnds = [];
        Ids.Capacity = 0;
    }
}
