using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Hearth.Engine.Files;
using Hearth.Engine.Sampling;

namespace Hearth.Engine.Evaluation;

/// <summary>
/// A model's guesses over a text in a file, so that many quantised models can be compared with an original that need not be there any
/// more.
/// </summary>
/// <remarks>
/// <code>
/// "_logits_" | i32 window | i32 vocabulary | i32 windows | i32 tokens[windows x window]
/// per window and guess that counts: f32 scale | f32 least | u16 code[vocabulary, rounded up to even]
/// log p = scale * code + least
/// </code>
/// Source: llama-perplexity's <c>--kl-divergence-base</c>.
/// </remarks>
internal sealed class LogitsFile : IBaseGuesses
{
    private const int HeaderBytes = 8 + (3 * sizeof(int));
    private const int RangeBytes = 2 * sizeof(float);

    /// <summary>Logits more than this below the largest are written as if they were this far.</summary>
    private const float Depth = 16;

    private static readonly byte[] Magic = "_logits_"u8.ToArray();

    private readonly MappedFile map;
    private readonly float[] row;
    private readonly long rowBytes;
    private readonly int[] tokens;
    private long position;

    private LogitsFile(MappedFile map, int length, int vocabulary, int[] tokens)
    {
        this.map = map;
        this.tokens = tokens;
        WindowLength = length;
        row = new float[vocabulary];
        rowBytes = RowBytes(vocabulary);
    }

    /// <summary>Tokens of a window.</summary>
    public int WindowLength { get; }

    /// <summary>Entries of the vocabulary.</summary>
    public int VocabularySize => row.Length;

    /// <summary>Windows.</summary>
    public int WindowCount => tokens.Length / WindowLength;

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidModelException">It is none, or damaged.</exception>
    public static LogitsFile Open(string path)
    {
        var map = MappedFile.Open(path);
        try
        {
            if (map.Length < HeaderBytes || !map.Bytes(0, Magic.Length).SequenceEqual(Magic))
                throw new InvalidModelException($"{path}: is no file of logits; perplexity --save-all-logits writes one.");
            var header = map.Bytes(Magic.Length, 3 * sizeof(int));
            int length = BinaryPrimitives.ReadInt32LittleEndian(header);
            int vocabulary = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
            int windows = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
            if (length < 4 || vocabulary < 1 || windows < 1)
                throw new InvalidModelException($"{path}: has {windows} windows of {length} tokens of {vocabulary}; the file is damaged.");
            long tokenBytes = checked((long)length * windows * sizeof(int));
            var needed = new Int128(0, (ulong)HeaderBytes + (ulong)tokenBytes)
                + ((Int128)windows * (length - 1 - (length / 2)) * RowBytes(vocabulary));
            if (map.Length != needed || tokenBytes > Array.MaxLength)
                throw new InvalidModelException($"{path}: has {map.Length} bytes where its header asks for {needed}; the file is damaged.");
            return new LogitsFile(map, length, vocabulary, MemoryMarshal.Cast<byte, int>(map.Bytes(HeaderBytes, tokenBytes)).ToArray());
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Writes the header.</summary>
    public static void WriteHeader(Stream stream, IReadOnlyList<TextWindow> windows, int vocabulary)
    {
        stream.Write(Magic);
        Span<byte> sizes = stackalloc byte[3 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(sizes, windows[0].Tokens.Length);
        BinaryPrimitives.WriteInt32LittleEndian(sizes[4..], vocabulary);
        BinaryPrimitives.WriteInt32LittleEndian(sizes[8..], windows.Count);
        stream.Write(sizes);
        foreach (var window in windows)
            stream.Write(MemoryMarshal.AsBytes(window.Tokens.Span));
    }

    /// <summary>Writes a guess.</summary>
    public static void WriteRow(Stream stream, ReadOnlySpan<float> logits)
    {
        float greatest = TensorPrimitives.Max(logits);
        float least = Math.Max(TensorPrimitives.Min(logits), greatest - Depth);
        float scale = (greatest - least) / ushort.MaxValue;
        byte[] bytes = new byte[RowBytes(logits.Length)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, scale);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float)), (float)(least - LogProbabilities.LogSumExp(logits)));
        var codes = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan(RangeBytes));
        for (int i = 0; i < logits.Length && scale > 0; i++)
            codes[i] = logits[i] > least ? (ushort)MathF.Round((logits[i] - least) / scale) : (ushort)0;
        stream.Write(bytes);
    }

    /// <summary>A window's tokens.</summary>
    public ReadOnlySpan<int> Tokens(int window) => tokens.AsSpan(window * WindowLength, WindowLength);

    public void Begin(int index, in TextWindow window, CancellationToken cancellation)
        => position = HeaderBytes + ((long)tokens.Length * sizeof(int)) + (index * (WindowLength - 1L - (WindowLength / 2)) * rowBytes);

    public ReadOnlySpan<float> Next()
    {
        var bytes = map.Bytes(position, rowBytes);
        float scale = BinaryPrimitives.ReadSingleLittleEndian(bytes);
        float least = BinaryPrimitives.ReadSingleLittleEndian(bytes[sizeof(float)..]);
        if (!(scale >= 0) || !float.IsFinite(scale) || !float.IsFinite(least))
            throw new InvalidModelException($"{map.Name}: at byte {position}: the scale {scale} and the least value {least} make no sense.");
        var codes = MemoryMarshal.Cast<byte, ushort>(bytes[RangeBytes..]);
        for (int i = 0; i < row.Length; i++)
            row[i] = (scale * codes[i]) + least;
        position += rowBytes;
        return row;
    }

    public void Dispose() => map.Dispose();

    private static long RowBytes(int vocabulary) => RangeBytes + (2L * sizeof(ushort) * ((vocabulary + 1L) / 2));
}
