namespace Hearth.Cli.Commands;

/// <summary>Texts that flags name files for.</summary>
internal static class TextFile
{
    /// <summary>Reads a file of UTF-8, without its last line feed.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static string Read(string path) => WithoutLastLineFeed(ReadWhole(path));

    /// <summary>Reads a file of UTF-8 as it is.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static string ReadWhole(string path)
    {
        if (Directory.Exists(path))
            throw new CommandException($"{path}: is a folder, not a file.", ExitCodes.Input);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{path}: there is no such file.", ExitCodes.Input, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandException($"{path}: cannot be read: {e.Message}", ExitCodes.Input, e);
        }
    }

    /// <summary>What editors and echo put behind a text is not part of it.</summary>
    public static string WithoutLastLineFeed(string text)
        => text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
}
