using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Hearth.Engine.Cache;
using Hearth.Engine.Files;

namespace Hearth.Engine.Sessions;

/// <summary>
/// A session in a file: its tokens, their keys and values in whole pages, and a note of the application. What follows the last whole
/// page is read again when the session is loaded, at most 64 tokens, so nothing of an unfinished page is kept; a recurrent state cannot
/// be cut at a page, so sessions of models that have one are tokens alone. Opening checks everything; <see cref="HearthSession.Load(SavedSession, CancellationToken)"/>
/// then only reads.
/// </summary>
/// <remarks>
/// Little-endian:
/// <code>
/// 0   "HrthSess"
/// 8   version, why the last generation ended: 32 bits each
/// 16  the model's identity, 32 bytes: weights, keys, adapters, and what else decides the bytes
/// 48  types of keys and values, tokens, pages, bytes of the note: 32 bits each
/// 64  bytes of a page, 64 bits
/// 72  tokens, note, pages
///     SHA-256 of all before, 32 bytes
/// </code>
/// </remarks>
public sealed class SavedSession : IDisposable
{
    /// <summary>To be raised whenever this layout or that of a page of the cache changes.</summary>
    private const int Version = 1;

    private const int HeaderBytes = 72;
    private const int DigestBytes = 32;
    private const int IdentityOffset = 16;
    private const int CountsOffset = 48;
    private const int PageBytesOffset = 64;
    private const int MostNoteBytes = 1 << 26;
    private const int BufferBytes = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "HrthSess"u8;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FileStream stream;
    private readonly int[] tokens;

    private SavedSession(FileStream stream, HearthModel model, int[] tokens, string note, int pageCount, StopReason lastStop)
    {
        this.stream = stream;
        this.tokens = tokens;
        Model = model;
        Note = note;
        PageCount = pageCount;
        LastStop = lastStop;
    }

    /// <summary>The model that the session belongs to.</summary>
    public HearthModel Model { get; }

    /// <summary>The tokens of the session.</summary>
    public ReadOnlySpan<int> Tokens => tokens;

    /// <summary>What the application wrote beside them.</summary>
    public string Note { get; }

    internal int PageCount { get; }

    internal StopReason LastStop { get; }

    /// <summary>Whether a file begins as a saved session does; false where there is none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsSaved(string path)
    {
        if (!File.Exists(path))
            return false;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        Span<byte> magic = stackalloc byte[Magic.Length];
        return stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic.SequenceEqual(Magic);
    }

    /// <summary>Opens a file and checks it against a model.</summary>
    /// <param name="model">The model with which the session was saved.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Acts while the file is checked.</param>
    /// <exception cref="SessionFileException">The file is no session, damaged, or does not fit the model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SavedSession Open(HearthModel model, string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        try
        {
            return Check(model, stream, path, cancellation);
        }
        catch (EndOfStreamException e)
        {
            stream.Dispose();
            throw new SessionFileException($"{path}: the file ends before its content.", e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    /// <summary>Writes a session, whole or not at all.</summary>
    internal static void Write(string path, HearthSession session, string note, CancellationToken cancellation)
    {
        byte[] noteBytes = Utf8.GetBytes(note);
        if (noteBytes.Length > MostNoteBytes)
            throw new ArgumentException($"The note takes {noteBytes.Length} bytes; a saved session holds {MostNoteBytes}.", nameof(note));
        int pages = PagesOf(session.Position, session.Model.Runner.Cache);
        byte[] header = Header(session, noteBytes.Length, pages);
        AtomicFile.Write(path, file =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Append(header);
            Append(MemoryMarshal.AsBytes(session.Tokens));
            Append(noteBytes);
            for (int page = 0; page < pages; page++)
            {
                cancellation.ThrowIfCancellationRequested();
                Append(session.Page(page));
            }

            file.Write(hash.GetHashAndReset());

            void Append(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                file.Write(bytes);
            }
        });
    }

    /// <summary>Reads the next page; the first call reads the first.</summary>
    internal void ReadPage(Span<byte> page) => stream.ReadExactly(page);

    /// <summary>Begins again with the first page.</summary>
    internal void Restart()
        => stream.Position = HeaderBytes + (tokens.LongLength * sizeof(int)) + Utf8.GetByteCount(Note);

    // The last token is always read again, because its logits are not saved.
    private static int PagesOf(int tokens, KvPool cache) => cache.HasStates ? 0 : Math.Max(tokens - 1, 0) / KvPool.PagePositions;

    private static byte[] Header(HearthSession session, int noteBytes, int pages)
    {
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        WriteInt32(8, Version);
        WriteInt32(12, (int)session.LastStop);
        session.Model.Identity.CopyTo(header, IdentityOffset);
        WriteInt32(CountsOffset, session.Model.CacheTypes);
        WriteInt32(CountsOffset + 4, session.Position);
        WriteInt32(CountsOffset + 8, pages);
        WriteInt32(CountsOffset + 12, noteBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(PageBytesOffset), session.Model.Runner.Cache.PageBytes);
        return header;

        void WriteInt32(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(offset), value);
    }

    private static SavedSession Check(HearthModel model, FileStream stream, string path, CancellationToken cancellation)
    {
        var cache = model.Runner.Cache;
        byte[] header = new byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < Magic.Length
            || !header.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new SessionFileException($"{path}: is no saved session of Hearth.");
        }

        if (stream.Length < HeaderBytes + DigestBytes)
            throw new SessionFileException($"{path}: the file is cut off after {stream.Length} bytes.");
        if (ReadInt32(8) != Version)
            throw new SessionFileException($"{path}: is a saved session of version {(uint)ReadInt32(8)}; this Hearth reads version {Version}.");
        if (!header.AsSpan(IdentityOffset, DigestBytes).SequenceEqual(model.Identity))
        {
            string context = model.IsRotatedByContext ? ", or with a context so long or short that it has other rotary factors" : "";
            throw new SessionFileException($"{path}: was saved with another model, adapter or overridden key than {model.Name}{context}.");
        }

        if (ReadInt32(CountsOffset) != model.CacheTypes)
            throw new SessionFileException($"{path}: was saved with other types of keys and values; load it with the same cache types.");

        int count = ReadInt32(CountsOffset + 4);
        int pages = ReadInt32(CountsOffset + 8);
        int noteBytes = ReadInt32(CountsOffset + 12);
        long pageBytes = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(PageBytesOffset));
        if (count > model.ContextLength)
            throw new SessionFileException($"{path}: holds {count} tokens, and the context {model.ContextLength}; make it larger.");
        if (count < 0 || pages != PagesOf(count, cache) || pageBytes != cache.PageBytes || noteBytes is < 0 or > MostNoteBytes)
            throw new SessionFileException($"{path}: is damaged: {count} tokens, {pages} pages of {pageBytes} bytes, a note of {noteBytes} bytes.");
        long length = HeaderBytes + ((long)count * sizeof(int)) + noteBytes + (pages * pageBytes) + DigestBytes;
        if (stream.Length != length)
            throw new SessionFileException($"{path}: is damaged: it has {stream.Length} bytes and should have {length}.");
        CheckDigest(stream, path, cancellation);

        stream.Position = HeaderBytes;
        int[] tokens = new int[count];
        stream.ReadExactly(MemoryMarshal.AsBytes(tokens.AsSpan()));
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)model.Shape.VocabularySize)
                throw new SessionFileException($"{path}: is damaged: token {token} is not in the vocabulary of {model.Shape.VocabularySize}.");
        }

        var stop = (StopReason)ReadInt32(12);
        return new SavedSession(
            stream, model, tokens, ReadNote(stream, path, noteBytes), pages, Enum.IsDefined(stop) ? stop : StopReason.None);

        int ReadInt32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(offset));
    }

    private static void CheckDigest(FileStream stream, string path, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferBytes];
        stream.Position = 0;
        for (long left = stream.Length - DigestBytes; left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            stream.ReadExactly(part);
            hash.AppendData(part);
            left -= part.Length;
        }

        Span<byte> digest = stackalloc byte[DigestBytes];
        stream.ReadExactly(digest);
        if (!digest.SequenceEqual(hash.GetHashAndReset()))
            throw new SessionFileException($"{path}: is damaged: its bytes do not have the checksum that stands at its end.");
    }

    private static string ReadNote(FileStream stream, string path, int length)
    {
        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new SessionFileException($"{path}: is damaged: its note is no UTF-8.", e);
        }
    }
}
