namespace Hearth.Cli.Commands;

/// <summary>Files that commands write.</summary>
internal static class OutputFile
{
    /// <summary>Refuses what would lose something, before long work is done for it.</summary>
    /// <param name="output">The file to write.</param>
    /// <param name="input">The file or folder that is read.</param>
    /// <param name="force">Whether the user wants an existing file to be replaced.</param>
    /// <exception cref="CommandException">The file exists, is the input, or has no folder.</exception>
    public static void Check(string output, string input, bool force)
    {
        if (output.Length == 0)
            throw new CommandException("The file to write needs a name.");
        string full = Path.GetFullPath(output);
        if (full == Path.GetFullPath(input))
            throw new CommandException($"{output}: is the file to read as well; give the new one another name.");
        if (Directory.Exists(full))
            throw new CommandException($"{output}: is a folder; name the file to write.");
        if (File.Exists(full) && !force)
            throw new CommandException($"{output}: exists already; --force replaces it.");
        if (Path.GetDirectoryName(full) is { } folder && !Directory.Exists(folder))
            throw new CommandException($"{output}: there is no folder {folder}.");
    }
}
