namespace Hearth.Engine.Files;

/// <summary>
/// Writes a file whole or not at all: into a temporary file beside the target, through to the disk, then renamed over the target.
/// Whoever opens the target meanwhile sees the old file.
/// </summary>
internal static class AtomicFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Writes <paramref name="path"/>; where <paramref name="write"/> or the disk fails, the target is as it was.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the target may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
