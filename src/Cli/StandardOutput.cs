using Microsoft.Win32.SafeHandles;

namespace Hearth.Cli;

/// <summary>
/// Standard output that notices when its reader has left. The console's own stream ignores that, so a story would be told to the end
/// although <c>head -1</c> is gone.
/// </summary>
internal sealed class StandardOutput : Stream
{
    private const int BrokenPipe = 32;

    private readonly Stream? stream;

    private StandardOutput(Stream? stream) => this.stream = stream;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens it. A file keeps the console's stream, which shares its position with other writers of the file.</summary>
    public static Stream Open()
    {
        if (!InheritedStream.IsOpen(1))
            return new StandardOutput(null);
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.OpenStandardOutput();
        try
        {
            var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return pipe.CanSeek ? Console.OpenStandardOutput() : new StandardOutput(pipe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Console.OpenStandardOutput();
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (stream is null)
            throw new IOException("Standard output is closed.");
        try
        {
            stream.Write(buffer);
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            throw new ClosedOutputException(e);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
